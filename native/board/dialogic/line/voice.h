// One voice channel of the vendor: what runs on it, and how that ends. One operation at a time; each ends
// with its event, or is found over by its state when the event was lost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/dialogic/line/board_context.h"
#include "board/dialogic/vendor/audio_stream.h"

namespace board::dialogic {

enum class VoiceIo : uint8_t { kNone, kHook, kDial, kAnalyse, kPlay, kRecord };
const char* name(VoiceIo io);

class Voice {
 public:
  Voice(BoardContext& context, ChannelId channel) : context_(context), channel_(channel) {}

  bool open(const std::string& name);
  // A handle that the call control library opened.
  void adopt(int handle);
  void close();
  bool isOpen() const { return handle_ >= 0; }
  int handle() const { return handle_; }
  VoiceIo io() const { return io_; }
  const std::string& name() const { return name_; }
  bool alaw() const { return alaw_; }
  int family() const { return family_; }        // CT_DF...
  int networkType() const { return network_; }  // CT_NT...
  AudioStream& stream() { return stream_; }

  // Each starts an operation; false: the vendor refused it. Nothing may run.
  bool setHook(bool off);
  bool dial(const std::string& digits);
  bool analyse(const std::string& digits, const vendor::DxCap& cap);
  bool play(const std::vector<int16_t>& samples);
  bool record();

  // Asks what runs to stop; it ends as it always does. What cannot be stopped (hook, dialling without
  // analysis) goes on.
  void stop();

  // An event of this channel: what ended by it, or kNone.
  VoiceIo ended(int event);
  // No event came, but the channel is idle: what ended unheard, or kNone.
  VoiceIo foundOver();
  // Gives up what runs.
  void abandon();

 private:
  // Plays or records by the tables in blocks_.
  bool transfer(VoiceIo io, const char* function, int (*begin)(long, void*, const void*, void*, long),
                const void* tpt);
  bool begun(VoiceIo io, const char* function, int result, const std::string& argument = "");
  void learn();

  BoardContext& context_;
  const ChannelId channel_;
  std::string name_;
  int handle_ = -1;
  bool adopted_ = false;
  VoiceIo io_ = VoiceIo::kNone;
  bool stopping_ = false;
  bool alaw_ = false;
  int family_ = -1, network_ = -1;
  AudioStream stream_;

  // What the library reads until the operation is over.
  vendor::DxCap cap_{};
  std::string digits_;
  std::vector<uint8_t> sound_;
  struct Blocks {
    vendor::DxIott iott;
    vendor::DvTpt tpt;
    alignas(16) unsigned char xpb[64];  // either width
    unsigned char spare[512];           // structures may be larger than we know
  } blocks_{};
};

}  // namespace board::dialogic
