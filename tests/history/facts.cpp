#include "tests/history/facts.hpp"

namespace linear {

fact facts::of(name who) const {
  auto at = who / chunk_size;
  return at < chunks_.size() && chunks_[at] ? (*chunks_[at])[who % chunk_size]
                                            : fact{};
}

void facts::set(name who, const fact& what) {
  auto old = of(who);
  if (old == what)
    return;
  auto at = who / chunk_size;
  if (chunks_.size() <= at)
    chunks_.resize(at + 1);
  auto changed = chunks_[at] ? std::make_shared<chunk>(*chunks_[at])
                             : std::make_shared<chunk>();
  (*changed)[who % chunk_size] = what;
  chunks_[at] = std::move(changed);
  for (const auto& x : {old, what}) {
    if (x == fact{})
      continue;
    mixer mix;
    mix.add(who);
    mix.add(static_cast<std::uint64_t>(x.how));
    mix.add(x.lock);
    mix.add(x.content);
    for (std::size_t i = 0; i < 2; ++i)
      digest_[i] ^= mix.sum()[i];
  }
}

} // namespace linear
