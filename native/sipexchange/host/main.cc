// A boardhost like the product's, whose board is the SIP board with the stand-in exchange as the peer of its trunks, both
// under a test's clock. SIPEXCHANGE_CONFIG names a file as STANDIN_CONFIG does (native/standin/README.md): its world is
// who answers; SIPEXCHANGE_HABITS lists words of Habits, by commas.
#include <poll.h>
#include <sysexits.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "board/drivers.h"
#include "board/remote/child.h"
#include "board/remote/server.h"
#include "board/sip/signalling.h"
#include "sipexchange/stepped_exchange.h"
#include "standin/engine/settings.h"

namespace {

using board::MadeBoard;
using board::OpenError;

std::string environment(const char* name) {
  const char* value =
      std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread that could write it
  return value == nullptr ? "" : value;
}

sipexchange::Habits habitsOf(const std::string& words) {
  sipexchange::Habits habits;
  std::istringstream from(words);
  for (std::string word; std::getline(from, word, ',');) {
    if (word == "refusesRefer")
      habits.refusesRefer = true;
    else if (word == "silentAfterRefer")
      habits.silentAfterRefer = true;
    else if (word == "holdsWhenUp")
      habits.holdsWhenUp = true;
    else if (word == "forks")
      habits.forks = true;
    else if (word == "repeatsOk")
      habits.repeatsOk = true;
    else if (word == "crossesCancel")
      habits.crossesCancel = true;
    else if (word == "redirects")
      habits.redirects = true;
    else if (word == "digest")
      habits.username = habits.password = "dialler";
    else
      throw OpenError("BAD_CONFIG", "SIPEXCHANGE_HABITS: no habit is called " + word);
  }
  return habits;
}

board::sim::Config worldOf(const std::string& file) {
  std::ifstream from(file);
  std::stringstream text;
  text << from.rdbuf();
  standin::Settings settings = standin::readSettings(text.str());
  board::sim::Config config;
  config.plan = settings.plan;
  config.seed = settings.seed;
  config.world = std::move(settings.world);
  return config;
}

}  // namespace

int main() try {
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(ignored, SIG_IGN);
  // No host outlives its test.
  std::thread([] {
    pollfd daemon{board::remote::kBoardHostSocket, POLLRDHUP, 0};
    while (::poll(&daemon, 1, -1) < 0) {
    }
    ::alarm(10);
  }).detach();
  std::unique_ptr<sipexchange::SteppedExchange> simulation;
  const auto make = [&simulation](board::DriverConfig config) -> MadeBoard {
    auto* const sip = std::get_if<board::sip::Config>(&config);
    if (sip == nullptr) throw OpenError("NOT_SUPPORTED", "this host has the SIP board alone");
    try {
      const board::sip::Trunk& trunk = sip->trunks.front();
      auto exchange = std::make_unique<sipexchange::Exchange>(worldOf(environment("SIPEXCHANGE_CONFIG")),
                                                              habitsOf(environment("SIPEXCHANGE_HABITS")),
                                                              trunk.host, static_cast<uint16_t>(trunk.port));
      auto board = board::sip::makeSipBoard(std::move(*sip), board::sip::makeSignalling(), true);
      simulation = std::make_unique<sipexchange::SteppedExchange>(*board, std::move(exchange));
      return {.board = std::move(board), .simulation = simulation.get()};
    } catch (const OpenError&) {
      throw;
    } catch (const std::exception& error) {
      throw OpenError("BAD_CONFIG", error.what());
    }
  };
  return board::remote::serve(board::remote::kBoardHostSocket, {.build = CPD_VERSION, .make = make});
} catch (const std::exception& error) {
  std::fprintf(stderr, "boardhost-standin: %s\n", error.what());
  return EX_SOFTWARE;
}
