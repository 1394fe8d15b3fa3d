// The board host's protocol: the board port over a Unix stream socket between the daemon and one board host.
//
//   frame     u32 length of what follows, at most kMaxFrame; then the frame's bytes
//   hello     the first frame of each side: u32 kMagic, u16 kVersion, u8 bits of a pointer, string build. Its
//             first two fields never change. A peer of another version is refused, not guessed at.
//   request   after that: u32 id (not 0), one Request. Every request is answered by one frame of the same id,
//             in order.
//   answer    u32 id, f64 board time in ms, one Reply. Id 0: nobody asked; an Event, or a Clock that says no
//             more than the time. Events that were posted before an answer was given come before it.
//
// Who leaves closes the socket. The board host then drops all calls and ends; the daemon takes its board for
// dead.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "board/remote/config_fields.h"

namespace board::remote {

using wire::Bytes, wire::Names, wire::ProtocolError;

inline constexpr uint32_t kMagic = 0x42445043;  // "CPDB"
inline constexpr uint16_t kVersion = 8;
inline constexpr uint32_t kMaxFrame = 32u << 20;  // bytes; a world of 100 000 subscribers has some 20 MB
inline constexpr uint32_t kMaxHello = 512;        // bytes

struct Hello {
  uint8_t bits = sizeof(void*) * 8;
  std::string build;  // version of the program
};

namespace ask {

struct Open {
  DriverConfig config;
};
struct Seize {
  ChannelId channel;
  CallRef ref;
};
struct Dial {
  ChannelId channel;
  CallRef ref;
  std::string number;
  DialParameters parameters;
};
struct Rearm {
  ChannelId channel;
  CallRef ref;
};
struct Transfer {
  ChannelId channel;
  CallRef ref;
  std::string extension;
  TransferStyle style;
};
struct Join {
  ChannelId channel;
  CallRef ref;
  ChannelId other;
};
struct Part {
  ChannelId channel;
  CallRef ref;
};
struct Play {
  ChannelId channel;
  CallRef ref;
  std::string file;
};
struct StopPlay {
  ChannelId channel;
  CallRef ref;
};
struct CollectDigits {
  ChannelId channel;
  CallRef ref;
  DigitLimits limits;
};
struct Drop {
  ChannelId channel;
  CallRef ref;
};
struct Reset {
  ChannelId channel;
};
struct SetInService {
  ChannelId channel;
  bool inService;
};
struct TellScores {
  ChannelId channel;
  bool on;
};
struct Channels {};
struct Report {
  Topic topic;
  ChannelId channel;
};
struct SetTimer {
  uint32_t timer;
  double afterMs;
};
struct ClearTimer {
  uint32_t timer;
};
// Whether boards of this configuration could be opened here; answered before Open, and opens nothing.
struct CheckBoardHost {
  DriverConfig config;
};
struct Ping {};
struct Close {};

// Simulated boards only.
struct Advance {
  double ms;
};
struct GroundTruth {};
struct InjectFault {
  sim::Fault fault;
};
struct RaiseAlarm {
  uint32_t span;
  AlarmKind kind;
};
struct EndAlarm {
  uint32_t span;
};
struct SentLevel {
  ChannelId channel;
};

}  // namespace ask

namespace tell {

struct Opened {
  Inventory inventory;
};
struct Done {
  Status status = Status::kOk;
};
// The request could not be done, with a code of src/domain/errors.ts.
struct Refused {
  std::string code;
  std::string message;
};
struct ChannelList {
  std::vector<ChannelState> channels;
};
struct GroundTruthList {
  std::vector<sim::GroundTruth> groundTruth;
};
struct Level {
  float dbm0;
};
struct Text {
  std::string text;
};
struct Clock {};

}  // namespace tell

// The places in these lists are the kinds on the wire.
using Request =
    std::variant<ask::Open, ask::Seize, ask::Dial, ask::Rearm, ask::Transfer, ask::Join, ask::Part, ask::Play,
                 ask::StopPlay, ask::CollectDigits, ask::Drop, ask::Reset, ask::SetInService, ask::TellScores,
                 ask::Channels, ask::Report, ask::SetTimer, ask::ClearTimer, ask::CheckBoardHost, ask::Ping,
                 ask::Close, ask::Advance, ask::GroundTruth, ask::InjectFault, ask::RaiseAlarm, ask::EndAlarm,
                 ask::SentLevel>;
using Reply = std::variant<Event, tell::Clock, tell::Opened, tell::Done, tell::Refused, tell::ChannelList,
                           tell::GroundTruthList, tell::Level, tell::Text>;

struct RequestFrame {
  uint32_t id;
  Request request;
};

struct ReplyFrame {
  uint32_t id;
  double now;
  Reply reply;
};

// Whole frames, the length included. Throw std::length_error if one would be longer than kMaxFrame.
Bytes encode(const Hello& hello);
Bytes encode(const RequestFrame& frame);
Bytes encode(const ReplyFrame& frame);

// Of a frame's bytes without the length. Throw ProtocolError.
Hello decodeHello(std::span<const uint8_t> bytes);
RequestFrame decodeRequest(std::span<const uint8_t> bytes, Names& names);
ReplyFrame decodeReply(std::span<const uint8_t> bytes, Names& names);

// Cuts what comes from a stream into frames.
class FrameBuffer {
 public:
  void append(std::span<const uint8_t> bytes);

  // The bytes of the next whole frame, valid until the next append(); nothing if it has not all come yet.
  // Throws ProtocolError for a length beyond `limit`, as soon as the length is there.
  std::optional<std::span<const uint8_t>> next(uint32_t limit = kMaxFrame);

 private:
  Bytes bytes_;
  size_t from_ = 0;  // taken so far
};

}  // namespace board::remote
