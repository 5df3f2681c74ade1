// SHA-256 against the examples of FIPS 180-4 and NIST.
#include "rules/sha256.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;

TEST_CASE("M1: SHA-256 gives the digests that NIST published") {
  CHECK(to_hex(sha256("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256(
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(to_hex(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("bytes after a zero byte count") {
  CHECK(sha256(std::string("a\0b", 3)) != sha256(std::string("a\0c", 3)));
}
