#include "engine/system_time.hpp"

#include <charconv>
#include <ctime>
#include <fstream>
#include <stdexcept>

namespace holdfast {

namespace {

constexpr auto boot_id_file = "/proc/sys/kernel/random/boot_id";

/// The first 64 bits of the kernel's random name of this boot.
std::uint64_t read_boot_id() {
  std::ifstream in{boot_id_file};
  std::string text;
  std::getline(in, text);
  std::erase(text, '-');
  std::uint64_t id = 0;
  auto end = text.data() + std::min<std::size_t>(16, text.size());
  auto [at, error] = std::from_chars(text.data(), end, id, 16);
  if (error != std::errc{} || at != end || text.size() < 16)
    throw std::runtime_error{std::string{"cannot read the boot id from "} +
                             boot_id_file};
  return id;
}

timespec read_clock(clockid_t which) {
  timespec t{};
  clock_gettime(which, &t);
  return t;
}

class system_time : public time_source {
public:
  instant now() const override {
    auto boot = read_clock(CLOCK_BOOTTIME);
    auto wall = read_clock(CLOCK_REALTIME);
    return {boot.tv_sec * std::int64_t{1'000'000} + boot.tv_nsec / 1000,
            wall.tv_sec * std::int64_t{1000} + wall.tv_nsec / 1'000'000};
  }
  std::uint64_t boot_id() const override { return boot_id_; }

private:
  std::uint64_t boot_id_ = read_boot_id();
};

} // namespace

std::shared_ptr<const time_source> make_system_time() {
  return std::make_shared<system_time>();
}

} // namespace holdfast
