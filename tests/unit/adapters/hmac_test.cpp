// Signatures against those of another program.
#include "adapters/hmac.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

// Made with: printf '%s' TEXT | openssl dgst -sha256 -hmac SECRET
TEST_CASE("signatures are those that openssl makes") {
  CHECK(hmac_sha256("key", "") == "5d5d139563c95b5967b9bd9a8c9b233a"
                                  "9dedb45072794cd232dc1b74832607d0");
  CHECK(hmac_sha256("key", "The quick brown fox jumps over the lazy dog") ==
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
  CHECK(hmac_sha256({}, {}) == hmac_sha256("", ""));
  CHECK(hmac_sha256("45d0b3c26f2644f19bfb98b07741b2f5",
                    "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&"
                    "recvWindow=5000&timestamp=1644489390087") ==
        "fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a");
}
