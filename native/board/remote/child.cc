#include "board/remote/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "board/drivers.h"

extern char** environ;

namespace board::remote {
namespace {

constexpr auto kReapStep = std::chrono::milliseconds(2);

// What only the daemon itself is to know.
constexpr std::array<std::string_view, 6> kWithheld = {
    "NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=",
    "LISTEN_FDS=",    "LISTEN_PID=",   "CREDENTIALS_DIRECTORY="};

std::vector<char*> childEnvironment() {
  std::vector<char*> kept;
  for (char** each = environ; *each != nullptr; ++each) {
    bool withheld = false;
    for (const std::string_view name : kWithheld)
      withheld = withheld || std::string_view(*each).starts_with(name);
    if (!withheld) kept.push_back(*each);
  }
  kept.push_back(nullptr);
  return kept;
}

// posix_spawn's two lists, freed with their owner.
struct SpawnLists {
  SpawnLists() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnLists() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnLists(const SpawnLists&) = delete;
  SpawnLists& operator=(const SpawnLists&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

OpenError cannotRun(const std::string& program, int error) {
  return OpenError("NOT_SUPPORTED",
                   "the board host " + program + " cannot be run: " + std::generic_category().message(error));
}

}  // namespace

Child startChild(const std::string& program) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw cannotRun(program, errno);
  Fd ours(ends[0]);
  const Fd theirs(ends[1]);

  SpawnLists lists;
  posix_spawn_file_actions_addopen(&lists.actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&lists.actions, 2, 1);
  // Also where it is 3 already: dup2 of the action takes the close-on-exec flag away.
  posix_spawn_file_actions_adddup2(&lists.actions, theirs.get(), kBoardHostSocket);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&lists.attributes, &none);
  posix_spawnattr_setsigdefault(&lists.attributes, &all);
  posix_spawnattr_setpgroup(&lists.attributes, 0);
  posix_spawnattr_setflags(&lists.attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::string name = program;
  std::array<char*, 2> arguments = {name.data(), nullptr};
  std::vector<char*> environment = childEnvironment();
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, program.c_str(), &lists.actions, &lists.attributes, arguments.data(),
                                 environment.data());
  if (failed != 0) throw cannotRun(program, failed);
  return {std::move(ours), pid};
}

std::string reapChild(pid_t pid, int limitMs) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(limitMs);
  int status = 0;
  bool killed = false;
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, killed ? 0 : WNOHANG);
    if (ended == pid) break;
    if (ended < 0 && errno != EINTR) return "ended";
    if (ended == 0 && Clock::now() >= until) {
      ::kill(pid, SIGKILL);
      killed = true;
    } else if (!killed) {
      std::this_thread::sleep_for(kReapStep);
    }
  }
  if (killed) return "did not end by itself and was killed";
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the names of signals that exist are constants
    return "was killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  }
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace board::remote
