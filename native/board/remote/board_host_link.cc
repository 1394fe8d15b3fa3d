#include "board/remote/board_host_link.h"

#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "board/remote/socket.h"

namespace board::remote {
namespace {

using std::chrono::milliseconds;

// A board host whose socket is closed has this long to end by itself.
constexpr int kReapMs = 2'000;

FailureReason reasonOf(Status status) {
  return status == Status::kNotSupported ? FailureReason::kNotSupported : FailureReason::kHardware;
}

}  // namespace

void BoardHostLink::connect(EventSink& sink) {
  if (sink_ != nullptr) throw std::logic_error("the board was opened before");
  sink_ = &sink;
  {
    const std::lock_guard lock(state_);
    if (dead_) throw OpenError("BOARD_DEAD", "the board was closed before it was open");
    child_ = start_();
  }
  greet();
  reader_ = std::thread([this] { read(); });
  watcher_ = std::thread([this] { watch(); });
}

void BoardHostLink::greet() {
  try {
    sendAll(child_.socket.get(), encode(Hello{.build = options_.build}), options_.helloMs);
    const auto frame = receiveFrame(child_.socket.get(), incoming_, options_.helloMs, kMaxHello);
    if (!frame) {
      const std::string how = forget();
      throw OpenError("BOARD_ERROR", "the board host said nothing: it " + how);
    }
    const Hello hello = decodeHello(*frame);
    if (hello.build != options_.build) {
      throw ProtocolError("hello: found version " + hello.build + ", expected " + options_.build +
                          ": daemon and boardhost are of different installations");
    }
    bits_ = hello.bits;
  } catch (const ProtocolError& error) {
    forget();
    throw OpenError("NOT_SUPPORTED", std::string("board host: ") + error.what());
  }
}

// Closes the socket and waits for the end of the process; says how it ended.
std::string BoardHostLink::forget() {
  pid_t pid = 0;
  {
    const std::lock_guard lock(state_);
    dead_ = true;
    ::shutdown(child_.socket.get(), SHUT_RDWR);
    pid = std::exchange(child_.pid, 0);
  }
  return pid > 0 ? reapChild(pid, kReapMs) : "left";
}

bool BoardHostLink::opened() {
  const std::lock_guard lock(state_);
  opened_ = !dead_;
  watched_.notify_all();
  return opened_;
}

void BoardHostLink::abandon() {
  const std::lock_guard lock(state_);
  if (!opened_ && !dead_) die("was not waited for");
}

// Sends a request whose answer goes to `into`, and says whether older ones wait for longer than they should.
// 0: the board host is dead.
uint32_t BoardHostLink::send(Request request, int limitMs, std::optional<Reply>* into, bool* behind) {
  const std::lock_guard turn(sending_);
  uint32_t id = 0;
  {
    const std::lock_guard lock(state_);
    if (dead_ || sink_ == nullptr) return 0;
    const auto now = Clock::now();
    if (behind != nullptr) {
      *behind = !asked_.empty() && now - oldestSince_ > milliseconds(options_.commandMs);
    }
    id = ++lastId_ == 0 ? ++lastId_ : lastId_;
    if (asked_.empty()) oldestSince_ = now;
    asked_.push_back({id, limitMs, into, std::nullopt});
    watched_.notify_all();
  }
  const int sendMs = behind == nullptr ? options_.answerMs : options_.commandMs;
  if (!sendAll(child_.socket.get(), encode(RequestFrame{id, std::move(request)}), sendMs)) {
    const std::lock_guard lock(state_);
    if (!dead_) die("does not read what it is sent");
    return 0;
  }
  return id;
}

std::optional<Reply> BoardHostLink::ask(Request request, int limitMs) {
  std::optional<Reply> answer;
  if (send(std::move(request), limitMs, &answer) == 0) return std::nullopt;
  std::unique_lock lock(state_);
  answered_.wait(lock, [&] { return dead_ || answer; });
  return answer;
}

// False: there is no answer yet; it goes nowhere, or is told by an event when it comes and is a refusal.
bool BoardHostLink::waitBriefly(uint32_t id, const std::optional<Reply>& answer, bool behind,
                                const std::optional<Command>& late) {
  std::unique_lock lock(state_);
  const auto there = [&] { return dead_ || answer.has_value(); };
  if (!behind) answered_.wait_for(lock, milliseconds(options_.commandMs), there);
  if (there()) return true;
  const auto mine =
      std::find_if(asked_.begin(), asked_.end(), [id](const Asked& each) { return each.id == id; });
  mine->into = nullptr;
  mine->late = late;
  return false;
}

std::optional<Reply> BoardHostLink::askBriefly(Request request) {
  std::optional<Reply> answer;
  bool behind = false;
  const uint32_t id = send(std::move(request), options_.answerMs, &answer, &behind);
  if (id == 0 || !waitBriefly(id, answer, behind, std::nullopt)) return std::nullopt;
  return answer;
}

Status BoardHostLink::command(Request request, const Command& command) {
  std::optional<Reply> answer;
  bool behind = false;
  const uint32_t id = send(std::move(request), options_.answerMs, &answer, &behind);
  if (id == 0) return Status::kBoardDead;
  if (!waitBriefly(id, answer, behind, command)) return Status::kOk;
  // It was sent and may have been carried out: it counts as taken, and the event of the board's death ends it.
  if (!answer) return Status::kOk;
  if (const auto* const done = std::get_if<tell::Done>(&*answer)) return done->status;
  wrongKind(*answer);
  return Status::kBoardDead;
}

void BoardHostLink::tell(Request request) {
  bool behind = false;
  send(std::move(request), options_.answerMs, nullptr, &behind);
}

void BoardHostLink::wrongKind(const Reply& reply) {
  const std::lock_guard lock(state_);
  die("broke the protocol: answered a request with a reply of kind " + std::to_string(reply.index()));
}

// The reading thread does the rest when it sees the socket closed.
void BoardHostLink::die(std::string how) {
  if (!dead_) howItDied_ = std::move(how);
  dead_ = true;
  asked_.clear();
  if (child_.socket.get() >= 0) ::shutdown(child_.socket.get(), SHUT_RDWR);
  if (child_.pid > 0) ::kill(child_.pid, SIGKILL);
  answered_.notify_all();
  watched_.notify_all();
}

bool BoardHostLink::dead() const {
  const std::lock_guard lock(state_);
  return dead_;
}

std::string BoardHostLink::whyDead() const {
  const std::lock_guard lock(state_);
  return "the board host " + howItDied_;
}

// The reading thread: everything that the board host says, in order, until it leaves.
void BoardHostLink::read() {
  std::string broken;
  try {
    for (;;) {
      const auto frame = receiveFrame(child_.socket.get(), incoming_, kForEver);
      if (!frame) break;
      handle(decodeReply(*frame, names_));
    }
  } catch (const ProtocolError& error) {
    broken = std::string("broke the protocol: ") + error.what();
  }
  pid_t pid = 0;
  {
    const std::lock_guard lock(state_);
    if (!broken.empty()) die(broken);
    pid = std::exchange(child_.pid, 0);
  }
  ::shutdown(child_.socket.get(), SHUT_RDWR);
  const std::string ended = pid > 0 ? reapChild(pid, kReapMs) : "left";
  bool told = false;
  {
    const std::lock_guard lock(state_);
    if (howItDied_.empty()) howItDied_ = ended;
    dead_ = true;
    asked_.clear();
    answered_.notify_all();
    watched_.notify_all();
    told = opened_ && !closing_;
  }
  if (!told) return;
  Event dead{.type = EventType::kDead};
  dead.at = now();
  dead.text = whyDead();
  sink_->post(std::move(dead));
}

void BoardHostLink::handle(ReplyFrame frame) {
  now_.store(frame.now, std::memory_order_relaxed);
  if (auto* const event = std::get_if<Event>(&frame.reply)) {
    sink_->post(std::move(*event));
    return;
  }
  if (frame.id == 0) return;
  std::optional<Command> late;
  {
    const std::lock_guard lock(state_);
    if (dead_) return;
    const uint32_t expected = asked_.empty() ? 0 : asked_.front().id;
    if (frame.id != expected) {
      throw ProtocolError("reply id: found " + std::to_string(frame.id) + ", expected " +
                          std::to_string(expected));
    }
    const Asked asked = asked_.front();
    asked_.pop_front();
    oldestSince_ = Clock::now();
    late = asked.late;
    if (asked.into != nullptr) {
      *asked.into = std::move(frame.reply);
      answered_.notify_all();
    }
  }
  if (late) tellLate(*late, frame.reply);
}

// A command that counted as taken is refused after all.
void BoardHostLink::tellLate(const Command& command, const Reply& reply) {
  const auto* const done = std::get_if<tell::Done>(&reply);
  if (done == nullptr) {
    throw ProtocolError("answered a request with a reply of kind " + std::to_string(reply.index()));
  }
  if (done->status == Status::kOk) return;
  Event event{.type = EventType::kFailed, .channel = command.channel, .ref = command.ref, .at = now()};
  event.text = command.name;
  event.failure = reasonOf(done->status);
  // There was nothing to drop: the channel is free.
  if (std::strcmp(command.name, "drop") == 0 && done->status == Status::kIllegalState) {
    event.type = EventType::kReleased;
    event.text.clear();
  }
  sink_->post(std::move(event));
}

// The watching thread: gives up a board host that does not answer, and finds one that hangs while nobody asks
// it anything.
void BoardHostLink::watch() {
  std::unique_lock lock(state_);
  auto pingAt = Clock::now() + milliseconds(options_.pingMs);
  while (!ended_ && !dead_) {
    const auto now = Clock::now();
    if (!asked_.empty()) {
      const auto until = oldestSince_ + milliseconds(asked_.front().limitMs);
      if (now >= until) {
        die("did not answer within " + std::to_string(asked_.front().limitMs) + " ms");
        return;
      }
      watched_.wait_until(lock, until);
    } else if (!opened_ || closing_) {
      watched_.wait(lock);
    } else if (now < pingAt) {
      watched_.wait_until(lock, pingAt);
    } else {
      pingAt = now + milliseconds(options_.pingMs);
      lock.unlock();
      send(ask::Ping{}, options_.answerMs, nullptr);
      lock.lock();
    }
  }
}

void BoardHostLink::shut() {
  const std::lock_guard once(shutting_);
  if (sink_ == nullptr || shut_) return;
  shut_ = true;
  {
    const std::lock_guard lock(state_);
    closing_ = true;
  }
  if (!reader_.joinable()) return;
  ask(ask::Close{}, options_.closeMs);
  {
    const std::lock_guard lock(state_);
    dead_ = true;
    ended_ = true;
    watched_.notify_all();
  }
  ::shutdown(child_.socket.get(), SHUT_WR);
  reader_.join();
  watcher_.join();
}

}  // namespace board::remote
