// parse_mode HTML: what is taken, what is refused, and in which words.
#include "tests/fakes/test/telegram_world.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

struct telegram_html_scene : telegram_world {
  std::string plain(const std::string& markup) {
    auto answer = send_html(markup);
    return answer.status == 200 ? answer.body["result"]["text"]
                                : answer.body["description"];
  }

  /// Why Telegram refuses it.
  std::string why(const std::string& markup) {
    const std::string before = "Bad Request: can't parse entities: ";
    auto answer = send_html(markup);
    auto text = answer.body.value("description", answer.text);
    return answer.status == 400 && text.starts_with(before)
               ? text.substr(before.size())
               : "taken: " + text;
  }

  json entities(const std::string& markup) {
    return send_html(markup).body["result"].value("entities", json::array());
  }
};

json stretch(const std::string& type, int offset, int length) {
  return {{"type", type}, {"offset", offset}, {"length", length}};
}

} // namespace

TEST_CASE_FIXTURE(telegram_html_scene,
                  "the tags that Telegram knows format the text") {
  for (auto [tag, type] : {std::pair{"b", "bold"},
                           {"strong", "bold"},
                           {"i", "italic"},
                           {"em", "italic"},
                           {"u", "underline"},
                           {"ins", "underline"},
                           {"s", "strikethrough"},
                           {"strike", "strikethrough"},
                           {"del", "strikethrough"},
                           {"tg-spoiler", "spoiler"},
                           {"code", "code"},
                           {"pre", "pre"},
                           {"blockquote", "blockquote"}}) {
    auto markup = "x <" + std::string{tag} + ">ab</" + tag + ">";
    CAPTURE(markup);
    CHECK(plain(markup) == "x ab");
    CHECK(entities(markup) == json::array({stretch(type, 2, 2)}));
  }
  CHECK(messages().at(0)["text"] == "x <b>ab</b>");
  CHECK(messages().at(0)["plain"] == "x ab");
  CHECK(messages().at(0)["parseMode"] == "HTML");
}

TEST_CASE_FIXTURE(telegram_html_scene,
                  "tags may have attributes, in quotes or not") {
  auto link = stretch("text_link", 0, 1);
  link["url"] = "http://x/?a=1&b=2";
  for (auto markup : {R"(<a href="http://x/?a=1&amp;b=2">l</a>)",
                      R"(<A  HREF = 'http://x/?a=1&b=2' class=c.1-d >l</A >)"})
    CHECK(entities(markup) == json::array({link}));
  link["url"] = "l";
  CHECK(entities("<a>l</a>") == json::array({link}));
  CHECK(entities(R"(<span class="tg-spoiler">a</span>)") ==
        json::array({stretch("spoiler", 0, 1)}));
  CHECK(plain("<blockquote expandable>a</blockquote>") == "a");
  CHECK(plain(R"(<pre><code class="language-c">a</code></pre>)") == "a");
  CHECK(plain(R"(<tg-emoji emoji-id="5">:)</tg-emoji>)") == ":)");
}

TEST_CASE_FIXTURE(telegram_html_scene,
                  "tags may be nested; offsets count UTF-16 units") {
  CHECK(entities("\xf0\x9f\x99\x82<b>a<i>\xd0\xb6</i></b>") ==
        json::array({stretch("bold", 2, 2), stretch("italic", 3, 1)}));
  CHECK(plain("<b>a</>c") == "ac"); // an end tag without a name
}

TEST_CASE_FIXTURE(telegram_html_scene,
                  "white space around a text goes; tags keep to it") {
  CHECK(plain(" \n a b \n") == "a b");
  CHECK(entities(" <b> a </b> c ") == json::array({stretch("bold", 0, 2)}));
  CHECK(entities("a<b> </b>").empty());
}

TEST_CASE_FIXTURE(telegram_html_scene,
                  "entities are decoded, with or without a semicolon") {
  CHECK(plain("&lt;b&gt; &amp; &quot;") == "<b> & \"");
  CHECK(plain("&lt3 &amp") == "<3 &");
  CHECK(plain("&#65;&#x42;&#X43; &#128578;") == "AB&#X43; \xf0\x9f\x99\x82");
  CHECK(plain("&amp;lt;") == "&lt;"); // decoded once
}

TEST_CASE_FIXTURE(telegram_html_scene,
                  "a bare & is itself, and so is what Telegram knows not") {
  for (auto text : {"a & b", "&", "&&", "R&D", "&copy;", "&apos;", "&LT;", "&;",
                    "&#;", "&#0;", "&#x;", "&#1114111;", "&#99999999;"})
    CHECK(plain(text) == text);
}

TEST_CASE_FIXTURE(telegram_html_scene, "R11: an unescaped < is refused") {
  CHECK(why("profit < 5") == R"(Unsupported start tag "" at byte offset 7)");
  CHECK(why("EUR<USD") == "Unclosed start tag at byte offset 3");
  CHECK(why("EUR<USD> rises") ==
        R"(Unsupported start tag "usd" at byte offset 3)");
  CHECK(why("a <") == "Unclosed start tag at byte offset 2");
  CHECK(why("a <3 b") == R"(Unsupported start tag "3" at byte offset 2)");
  CHECK(why("\xd0\xb6<x>") == R"(Unsupported start tag "x" at byte offset 2)");
  CHECK(why("<br>") == R"(Unsupported start tag "br" at byte offset 0)");
  CHECK(plain("a > b") == "a > b");
  CHECK(plain("under_score *star* `tick` $1 [x]") ==
        "under_score *star* `tick` $1 [x]");
  CHECK(refused("entities") == 7);
  CHECK(messages().size() == 2);
}

TEST_CASE_FIXTURE(telegram_html_scene, "a tag must be closed, by its own end") {
  CHECK(why("<b>a") == R"(Can't find end tag corresponding to start tag "b")");
  CHECK(why("<b><i>a</i>") ==
        R"(Can't find end tag corresponding to start tag "b")");
  CHECK(why("a</b>") == "Unexpected end tag at byte offset 1");
  CHECK(why("<b>a</i>") == "Unmatched end tag at byte offset 4, expected "
                           R"("</b>", found "</i>")");
  CHECK(why("<b><i>a</b></i>") == "Unmatched end tag at byte offset 7, "
                                  R"(expected "</i>", found "</b>")");
  CHECK(why("<b>a</b") == "Unclosed end tag at byte offset 4");
  CHECK(why("<b>a</b x>") == "Unclosed end tag at byte offset 4");
}

TEST_CASE_FIXTURE(telegram_html_scene, "wrong attributes are refused") {
  CHECK(why("<a href>l</a>") ==
        "Expected equal sign in declaration of an attribute of the tag \"a\" "
        "at byte offset 0");
  CHECK(why("<a =x>l</a>") ==
        R"(Empty attribute name in the tag "a" at byte offset 0)");
  CHECK(why("<a href=http://x>l</a>") ==
        "Unexpected end of name token at byte offset 8");
  CHECK(why("<a href=\"x") == "Unclosed start tag at byte offset 0");
  CHECK(why("<a href=\"x\"") == "Unclosed start tag at byte offset 0");
  CHECK(why("<a href") == "Expected equal sign in declaration of an attribute "
                          "of the tag \"a\" at byte offset 0");
  CHECK(why("<a ") == "Unclosed start tag at byte offset 0");
  CHECK(why("<span>a</span>") ==
        R"(Tag "span" must have class "tg-spoiler" at byte offset 0)");
}

TEST_CASE_FIXTURE(telegram_html_scene, "half of a surrogate pair is refused") {
  CHECK(why("&#55357;").starts_with("Text contains invalid Unicode"));
}

TEST_CASE_FIXTURE(telegram_html_scene,
                  "without a parse mode nothing is markup") {
  auto text = "<b> &lt; EUR<USD";
  CHECK(send(text).body["result"]["text"] == text);
  CHECK(send(text, {{"parse_mode", ""}}).status == 200);
  CHECK(send("<b>a</b>", {{"parse_mode", "html"}}).body["result"]["text"] ==
        "a");
}

TEST_CASE_FIXTURE(telegram_html_scene,
                  "other parse modes are refused, null too") {
  for (const json& mode : {json("Markdown"), json("XML"), json(nullptr)})
    CHECK(send("a", {{"parse_mode", mode}}).body ==
          refusal(400, "Bad Request: unsupported parse_mode"));
}
