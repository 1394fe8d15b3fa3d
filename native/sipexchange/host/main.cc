// boardhost-sipexchange: a boardhost like the product's, whose board is the SIP board with the stand-in exchange as the
// peer of its first trunk, for the demo and for tests. `standIn` in the board's configuration names a file as
// STANDIN_CONFIG does (native/standin/README.md): its world is who answers. With "clock": "step" both are under a test's
// clock, else their time goes by standInSpeed times as fast as in reality. SIPEXCHANGE_HABITS lists words of Habits, by
// commas (jitterMs=80 for numbers), and the name that its certificate has (certified=NAME), where it is not its
// address. By TLS its certificate is written to the file SIPEXCHANGE_CERTIFICATE; no file of the configuration is ever written.
#include <poll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "board/drivers.h"
#include "board/remote/child.h"
#include "board/remote/server.h"
#include "board/sip/config_check.h"
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

sipexchange::Habits habitsOf(const std::string& words, const board::sip::Trunk& trunk) {
  using sipexchange::Habits;
  static constexpr std::pair<const char*, bool Habits::*> kHabits[] = {
      {"refusesRefer", &Habits::refusesRefer},
      {"silentAfterRefer", &Habits::silentAfterRefer},
      {"holdsWhenUp", &Habits::holdsWhenUp},
      {"forks", &Habits::forks},
      {"repeatsOk", &Habits::repeatsOk},
      {"crossesCancel", &Habits::crossesCancel},
      {"redirects", &Habits::redirects},
      {"unavailable", &Habits::unavailable},
      {"limits", &Habits::limits},
      {"registers", &Habits::registers},
      {"refusesRegister", &Habits::refusesRegister},
      {"reliable", &Habits::reliable},
      {"sessions", &Habits::sessions},
      {"refreshes", &Habits::refreshes},
      {"plainMedia", &Habits::plainMedia},
      {"namedContact", &Habits::namedContact},
      {"longSessions", &Habits::longSessions},
      {"silentAgents", &Habits::silentAgents},
      {"forgetsCalls", &Habits::forgetsCalls},
      {"lateMedia", &Habits::lateMedia},
      {"noEvents", &Habits::noEvents},
      {"ignoresOptions", &Habits::ignoresOptions},
  };
  Habits habits;
  habits.transport = trunk.transport;
  std::string certifiedName = trunk.addresses.back().host;
  std::istringstream from(words);
  for (std::string word; std::getline(from, word, ',');) {
    const auto* const found = std::ranges::find(kHabits, word, [](const auto& each) { return each.first; });
    if (found != std::end(kHabits))
      habits.*(found->second) = true;
    else if (word == "digest")
      habits.username = habits.password = "dialler";
    else if (word.starts_with("jitterMs="))
      habits.jitterMs = std::stod(word.substr(word.find('=') + 1));
    else if (word.starts_with("lossPercent="))
      habits.lossPercent = std::stod(word.substr(word.find('=') + 1));
    else if (word.starts_with("certified="))
      certifiedName = word.substr(word.find('=') + 1);
    else
      throw OpenError("BAD_CONFIG", "SIPEXCHANGE_HABITS: no habit is called " + word);
  }
  if (habits.registers) habits.username = habits.password = "dialler";
  if (trunk.transport == "tls") {
    habits.certificate = sipexchange::makeCertificate(certifiedName);
    const std::string file = environment("SIPEXCHANGE_CERTIFICATE");
    if (!file.empty()) std::ofstream(file) << habits.certificate;
  }
  return habits;
}

struct StandIn {
  board::sim::Config world;
  bool stepped = false;
};

StandIn readStandIn(const std::string& file) {
  std::ifstream from(file);
  if (!from) throw OpenError("NO_SUCH_FILE", "standIn: " + file + " cannot be read");
  std::stringstream text;
  text << from.rdbuf();
  standin::Settings settings = standin::readSettings(text.str());
  StandIn to;
  to.world.plan = settings.plan;
  to.world.seed = settings.seed;
  to.world.world = std::move(settings.world);
  to.stepped = settings.clock == standin::ClockKind::kStep;
  return to;
}

// With a stand-in nobody real is called. What else on this machine could answer at a trunk's address (an SBC that goes
// on to a carrier) is found as its port cannot be had, and none comes there later.
class NobodyElse {
 public:
  NobodyElse(const std::vector<board::sip::Trunk>& trunks, const board::sip::TrunkAddress& exchange) {
    for (const board::sip::Trunk& trunk : trunks)
      for (const board::sip::TrunkAddress& at : trunk.addresses)
        if (at.host != exchange.host || at.port != exchange.port) hold(at);
  }
  ~NobodyElse() {
    for (const auto& [at, fds] : held_)
      for (const int fd : fds) ::close(fd);
  }
  NobodyElse(const NobodyElse&) = delete;
  NobodyElse& operator=(const NobodyElse&) = delete;

 private:
  void hold(const board::sip::TrunkAddress& at) {
    std::vector<int>& fds = held_[{at.host, at.port}];
    if (!fds.empty()) return;
    const sipexchange::Address address = sipexchange::addressOf(at.host, static_cast<uint16_t>(at.port));
    for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
      fds.push_back(::socket(address.family(), type | SOCK_CLOEXEC, 0));
      if (::bind(fds.back(), address.get(), address.length) != 0)
        throw OpenError("BAD_CONFIG", "standIn: somebody else is at " + sipexchange::inBrackets(at.host) +
                                          ":" + std::to_string(at.port) +
                                          ", who may call real people; expected nobody");
    }
  }

  std::map<std::pair<std::string, int32_t>, std::vector<int>> held_;
};

// What is beside the board, as long as the process.
struct Beside {
  std::unique_ptr<NobodyElse> nobodyElse;
  std::unique_ptr<sipexchange::SteppedExchange> simulation;
};

// The exchange lives as long as the process, longer than the board.
MadeBoard makeBoard(board::DriverConfig config, Beside& beside) {
  auto* const sip = std::get_if<board::sip::Config>(&config);
  if (sip == nullptr) throw OpenError("NOT_SUPPORTED", "this host has the SIP board alone");
  try {
    // Before anything listens or is called.
    board::sip::checkConfig(*sip);
    StandIn standIn = readStandIn(sip->standIn);
    const board::sip::Trunk& trunk = sip->trunks.front();
    // Of several addresses the exchange has the last; nobody is at the others.
    const board::sip::TrunkAddress& at = trunk.addresses.back();
    beside.nobodyElse = std::make_unique<NobodyElse>(sip->trunks, at);
    auto exchange = std::make_unique<sipexchange::Exchange>(
        std::move(standIn.world), habitsOf(environment("SIPEXCHANGE_HABITS"), trunk), at.host,
        static_cast<uint16_t>(at.port));
    const double speed = sip->standInSpeed;
    auto board = board::sip::makeSipBoard(std::move(*sip), board::sip::makeSignalling(), true);
    beside.simulation = std::make_unique<sipexchange::SteppedExchange>(*board, std::move(exchange));
    auto* const both = beside.simulation.get();
    if (!standIn.stepped) board->steppedBy([both, speed] { both->run(speed); }, [both] { both->stop(); });
    board::Diagnostics* const diagnostics = board.get();
    return {.board = std::move(board),
            .simulation = standIn.stepped ? both : nullptr,
            .diagnostics = diagnostics};
  } catch (const OpenError&) {
    throw;
  } catch (const std::exception& error) {
    throw OpenError("BAD_CONFIG", error.what());
  }
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
  Beside beside;
  const auto make = [&beside](board::DriverConfig config) { return makeBoard(std::move(config), beside); };
  return board::remote::serve(board::remote::kBoardHostSocket, {.build = CPD_VERSION, .make = make});
} catch (const std::exception& error) {
  std::fprintf(stderr, "boardhost-sipexchange: %s\n", error.what());
  return EX_SOFTWARE;
}
