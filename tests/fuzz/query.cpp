// Paths, query strings and the header with the key.
#include "gateway/key_fields.hpp"
#include "messages/percent_encoding.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <array>
#include <string>

using namespace holdfast;
using fuzz::require;

namespace {

void query(std::string_view text) {
  static constexpr std::array<std::string_view, 4> known{"resourceId", "limit",
                                                         "cursor", "kind"};
  static constexpr std::array<std::string_view, 1> lists{"kind"};
  query_fields fields{text, known, lists};
  auto resource = fields.text("resourceId");
  auto limit = fields.integer("limit", 1, 1000, 50);
  fields.text("cursor", 1, 512);
  if (fields.refusal())
    return require(!fields.refusal()->detail.empty(), "a refusal says why");
  require(limit >= 1 && limit <= 1000, "a number is in its range");
  require(resource.size() <= 256, "a text has its length");
}

void encoding(std::string_view text) {
  percent_decoded(text, true);
  auto encoded = percent_encoded(text);
  require(percent_decoded(encoded) == std::string{text},
          "what is encoded is decoded to itself");
  require(percent_decoded(encoded, true) == std::string{text},
          "as a query's value, too");
  if (auto decoded = percent_decoded(text))
    require(percent_decoded(percent_encoded(*decoded)) == *decoded,
            "what was decoded can be encoded");
}

void key(std::string_view text) {
  http_request request;
  request.headers.push_back({"Idempotency-Key", std::string{text}});
  std::optional<problem> refusal;
  auto found = header_key(request, refusal);
  require(refusal ? !refusal->detail.empty() : !found.empty(),
          "a key is there, or refused");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  fuzz::input in{data, size};
  switch (in.choose(3)) {
  case 0:
    query(in.rest());
    break;
  case 1:
    encoding(in.rest());
    break;
  case 2:
    key(in.rest());
    break;
  }
  return 0;
}
