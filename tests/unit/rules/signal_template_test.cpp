// Templates: which are good, and that whatever is put into a good one is a
// text that Telegram takes.
#include "messages/utf8.hpp"
#include "rules/signal_template.hpp"
#include "rules/signal_text.hpp"
#include "rules/telegram_html.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/rules/telegram_check.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>

using namespace holdfast;
using namespace holdfast::test;

namespace {

using values = std::vector<placeholder_value>;

std::string wrong_with(std::string_view text) {
  return check_template_text(text).value_or("nothing");
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (; times > 0; --times)
    out += text;
  return out;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string out;
  for (const auto& piece : pieces)
    out += piece;
  return out;
}

/// Texts made of what has a meaning somewhere.
std::string nasty_text() {
  return joined(*rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("<", ">", "&", "\"", "'", "$", "$&", "_",
                                    "*", "`", "\\", "{", "}", "{pair}", "{{",
                                    "</b>", "<b>", "&lt;", "&#1;", "é", "–",
                                    "😂", "\U0010FFFF", " ", "x", "%s")));
}

/// Templates that are good, and short enough.
std::string random_template() {
  auto pieces = rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>(
          "{pair}", "{comment}", "{comment}", "{sl}", "{{", "}}", "x", " ",
          "\n", "é😂", "<b>{type}</b>", "<i><u>{pair}</u> {{</i>",
          "<pre>{sl}\n</pre>", "&amp;", "&lt;", "&#128512;",
          R"(<a href="https://x/?a=1&amp;b=2">{time}</a>)",
          "<blockquote expandable>{changes}</blockquote>"));
  auto text = 'x' + joined(*rc::gen::resize(40, pieces));
  RC_ASSERT(!check_template_text(text));
  return text;
}

values random_values(std::size_t longer) {
  values out;
  for (auto name : {"pair", "comment", "sl", "type", "time", "changes"})
    out.push_back({name, repeated(nasty_text(), longer)});
  return out;
}

} // namespace

TEST_CASE("a good template has text, known placeholders and Telegram's "
          "tags") {
  for (std::string text :
       {"{pair}", "x", "{pair} {type} {category} {entry} {sl} {tp} {volume}",
        "{exit} {pips} {profit} {changes} {accountId} {positionId}",
        "{signalId} {comment} {time} {arrow} {mark}", "{{", "}}", "{{{pair}}}",
        "<b>b</b><strong>b</strong><i>i</i><em>i</em><u>u</u><ins>u</ins>",
        "<s>s</s><strike>s</strike><del>s</del><tg-spoiler>x</tg-spoiler>",
        R"(<span class="tg-spoiler">x</span><a href="tg://user?id=1">x</a>)",
        R"(<pre><code class="language-c++">x</code></pre>)",
        R"(<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>)",
        "<blockquote>x</blockquote><blockquote expandable>x</blockquote>",
        "&lt;&gt;&amp;&quot;&#128512;&#x1F600;", "a\nb\tc", "–"})
    CHECK_MESSAGE(wrong_with(text) == "nothing", text);
}

TEST_CASE("what is wrong with a template is said") {
  CHECK(contains(wrong_with("{coin}"),
                 "must not contain {coin}; known are {pair}"));
  CHECK(contains(wrong_with("{}"), "must not contain {}"));
  CHECK(contains(wrong_with("{ pair}"), "must not contain { pair}"));
  CHECK(contains(wrong_with("{pair"),
                 "has a { without its other half; write {{ and }}"));
  CHECK(contains(wrong_with("pair}"), "has a } without its other half"));
  CHECK(contains(wrong_with("{pair}}"), "has a } without"));
  CHECK(contains(wrong_with("{a{pair}"), "has a { without"));
  CHECK(contains(wrong_with("<b>x"), "has <b> without its </b>"));
  CHECK(contains(wrong_with("x</b>"), "has </b> where nothing is open"));
  CHECK(contains(wrong_with("<b><i>x</b></i>"), "has </b> where </i> is due"));
  CHECK(contains(wrong_with("x < y"), "has a < that starts no tag"));
  CHECK(contains(wrong_with("x > y"), "has a > that ends no tag"));
  CHECK(contains(wrong_with("x & y"), "has a & that starts none of"));
  CHECK(contains(wrong_with("&nbsp;"), "has a &"));
  CHECK(contains(wrong_with("&#0;"), "has a &"));
  CHECK(contains(wrong_with("&#x110000;"), "has a &"));
  CHECK(contains(wrong_with("&#xD800;"), "has a &"));
  for (std::string tag :
       {"<p>", "<br>", "<B>", "< b>", "<>", "<h1>", "<span>", "<a>",
        R"(<a href="">)", R"(<a href="x" onclick="y">)", "<a href='x'>",
        R"(<span class="x">)", R"(<b class="x">)", R"(<tg-emoji>)",
        R"(<tg-emoji emoji-id="x">)", R"(<code class="language-">)",
        "<blockquote  expandable>"})
    CHECK_MESSAGE(contains(wrong_with(tag + "x"), "none of Telegram's"), tag);
  for (std::string text : {"", " ", "\n\t ", "<b> </b>"})
    CHECK_MESSAGE(contains(wrong_with(text), "has no text"), text);
  CHECK(wrong_with(repeated("x", 2000)) == "nothing");
  CHECK(wrong_with(repeated("x", 2001)) ==
        "has 2001 bytes; at most 2000 are possible");
  CHECK(wrong_with("x\xFF") == "is not valid UTF-8 at byte 2");
}

TEST_CASE("R11: no placeholder stands inside a tag") {
  for (std::string text : {R"(<a href="{comment}">x</a>)", "<{pair}>x</b>",
                           R"(<a href="{{">x</a>)", R"(<a {pair}="x">x</a>)"})
    CHECK_MESSAGE(
        contains(wrong_with(text), "no placeholder or brace inside a tag"),
        text);
}

TEST_CASE("R11: values are put in once, escaped, and not looked at again") {
  values some{{"pair", "{type}<&>\"$1"}, {"type", "{pair}"}, {"sl", ""}};
  CHECK(fill_in("{pair}|{type}|{sl}|{{pair}}", some) ==
        "{type}&lt;&amp;&gt;\"$1|{pair}|–|{pair}");
}

TEST_CASE("a comment that is too long is cut with an ellipsis") {
  values some{{"comment", repeated("ä", 5000)}};
  auto text = fill_message("<b>{comment}</b>", some);
  CHECK(text == "<b>" + repeated("ä", 4095) + "…</b>");
  some[0].value = repeated("ä", 4096);
  CHECK(fill_message("<b>{comment}</b>", some) ==
        "<b>" + some[0].value + "</b>");
}

TEST_CASE("a cut goes through no character and no entity") {
  values some{{"comment", repeated("😂", 2500)}};
  // One unit is left over: half of a pair would fit.
  CHECK(fill_message("{comment}", some) == repeated("😂", 2047) + "…");
  some[0].value = repeated("&", 4097);
  CHECK(fill_message("{comment}", some) == repeated("&amp;", 4095) + "…");
}

TEST_CASE("every place of a comment gets its share") {
  values some{{"comment", repeated("c", 3000)}, {"pair", repeated("p", 96)}};
  CHECK(fill_message("{comment}{pair}{comment}", some) ==
        repeated("c", 1999) + "…" + some[1].value + repeated("c", 1999) + "…");
}

TEST_CASE("a text that is too long without its comment loses tags and end") {
  values some{{"comment", "c"}, {"pair", repeated("<", 100)}};
  auto text =
      fill_message("<b>" + repeated("{pair}", 50) + "</b>{comment}", some);
  CHECK(text == repeated("&lt;", 4095) + "…");
  some[1].value = repeated("😂", 2049);
  CHECK(fill_message("<b>{pair}</b>", some) == repeated("😂", 2047) + "…");
}

TEST_CASE("what is shown is counted in UTF-16 code units") {
  CHECK(shown_units("") == 0);
  CHECK(shown_units("<b>a</b>é€") == 3);
  CHECK(shown_units("😂") == 2);
  CHECK(shown_units("&lt;&#128514;&#x41;") == 4);
  CHECK(shown_units("\xFF\x80") == 2);
}

TEST_CASE("whatever is put into a good template, Telegram takes it and shows "
          "it as it is") {
  CHECK(rc::check([] {
    auto text = random_template();
    auto some = random_values(1);
    auto parsed = parse_as_telegram(fill_in(text, some));
    RC_ASSERT(parsed.error.empty());
    RC_ASSERT(parsed.units == shown_units(fill_in(text, some)));
    auto whole = parse_as_telegram(fill_in("{comment}|{sl}", some));
    auto shown = [](const std::string& x) { return x.empty() ? "–" : x; };
    RC_ASSERT(whole.shown == shown(some[1].value) + '|' + shown(some[2].value));
  }));
}

TEST_CASE("however long the values, Telegram takes the message") {
  CHECK(rc::check([] {
    auto text = random_template();
    auto filled = fill_message(text, random_values(200));
    auto parsed = parse_as_telegram(filled);
    RC_ASSERT(parsed.error.empty());
    RC_ASSERT(parsed.units <= 4096U);
    RC_ASSERT(find_invalid_utf8(filled) == std::string_view::npos);
  }));
}

TEST_CASE("no text whatever breaks the check or the filling") {
  CHECK(rc::check([] {
    auto text = nasty_text();
    auto filled = fill_message(text, random_values(1));
    if (!check_template_text(text))
      RC_ASSERT(parse_as_telegram(filled).error.empty());
  }));
}
