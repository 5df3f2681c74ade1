#include "bench/peers/postgres_line.hpp"

#include <array>
#include <libpq-fe.h>
#include <stdexcept>

namespace holdfast::bench {

namespace {

struct finish {
  void operator()(PGconn* x) const { PQfinish(x); }
  void operator()(PGresult* x) const { PQclear(x); }
};
using connection_ptr = std::unique_ptr<PGconn, finish>;
using result_ptr = std::unique_ptr<PGresult, finish>;

[[noreturn]] void fail(PGconn* at) {
  throw std::runtime_error{std::string{"postgres: "} + PQerrorMessage(at)};
}

connection_ptr connect(const std::string& to) {
  connection_ptr made{PQconnectdb(to.c_str())};
  if (PQstatus(made.get()) != CONNECTION_OK)
    fail(made.get());
  return made;
}

void run(PGconn* at, const char* sql) {
  result_ptr got{PQexec(at, sql)};
  if (PQresultStatus(got.get()) != PGRES_COMMAND_OK)
    fail(at);
}

void prepare(PGconn* at, const char* name, const char* sql) {
  result_ptr got{PQprepare(at, name, sql, 0, nullptr)};
  if (PQresultStatus(got.get()) != PGRES_COMMAND_OK)
    fail(at);
}

class postgres_line : public peer_line {
public:
  postgres_line(const std::string& to, std::size_t number)
      : line_(connect(to)),
        key_("trade:BTCUSDT:BUY:snipe-" + std::to_string(number)),
        owner_("client-" + std::to_string(number) + "-") {
    // A row stays and is taken again: an update in place, which is the best
    // that a table of locks can do here.
    prepare(line_.get(), "acquire",
            "INSERT INTO locks VALUES ($1, $2, now() + interval '30 s') "
            "ON CONFLICT (resource) DO UPDATE SET token = excluded.token, "
            "expires = excluded.expires WHERE locks.token IS NULL OR "
            "locks.expires < now()");
    prepare(line_.get(), "release",
            "UPDATE locks SET token = NULL WHERE resource = $1 AND token = $2");
    if (PQsetnonblocking(line_.get(), 1) != 0)
      fail(line_.get());
  }

  int fd() const override { return PQsocket(line_.get()); }

  void acquire() override {
    token_ = owner_ + std::to_string(++cycle_);
    ask("acquire");
  }

  void release() override { ask("release"); }

  bool flush() override {
    auto left = PQflush(line_.get());
    if (left < 0)
      fail(line_.get());
    return left == 0;
  }

  bool take() override {
    if (PQconsumeInput(line_.get()) == 0)
      fail(line_.get());
    while (PQisBusy(line_.get()) == 0) {
      result_ptr got{PQgetResult(line_.get())};
      if (!got)
        return true;
      if (PQresultStatus(got.get()) != PGRES_COMMAND_OK)
        fail(line_.get());
      if (std::string_view{PQcmdTuples(got.get())} != "1")
        throw std::runtime_error{"postgres: a lock was refused"};
    }
    return false;
  }

private:
  void ask(const char* statement) {
    std::array<const char*, 2> values{key_.c_str(), token_.c_str()};
    if (PQsendQueryPrepared(line_.get(), statement, 2, values.data(), nullptr,
                            nullptr, 0) != 1)
      fail(line_.get());
    flush();
  }

  connection_ptr line_;
  std::string key_;
  std::string owner_;
  std::string token_;
  std::uint64_t cycle_ = 0;
};

} // namespace

void make_postgres_table(const std::string& connection) {
  auto line = connect(connection);
  run(line.get(), "SET client_min_messages = warning");
  run(line.get(), "DROP TABLE IF EXISTS locks");
  run(line.get(), "CREATE TABLE locks (resource text PRIMARY KEY, token text, "
                  "expires timestamptz NOT NULL) WITH (fillfactor = 50)");
}

std::unique_ptr<peer_line> make_postgres_line(const std::string& connection,
                                              std::size_t number) {
  return std::make_unique<postgres_line>(connection, number);
}

} // namespace holdfast::bench
