#include "board/dialogic/line/voice.h"

#include <cstring>
#include <utility>

#include "board/dialogic/vendor/constants.h"
#include "media/g711.h"

namespace board::dialogic {
namespace {

constexpr long kUntilStopped = -1;
constexpr int kLongestRecord100Ms = 36'000;  // an hour: DX_MAXTIME counts 100 ms

}  // namespace

const char* name(VoiceIo io) {
  constexpr const char* kNames[] = {"none", "hook", "dial", "analyse", "play", "record"};
  return kNames[static_cast<int>(io)];
}

bool Voice::open(const std::string& name) {
  name_ = name;
  handle_ = context_.called(channel_, -1, "dx_open", context_.api.dx_open(name.c_str(), 0), name);
  if (handle_ < 0) return false;
  learn();
  return true;
}

void Voice::adopt(int handle) {
  if (handle_ >= 0) return;
  handle_ = handle;
  adopted_ = true;
  learn();
}

void Voice::learn() {
  context_.byVoice[handle_] = nullptr;
  alignas(16) unsigned char buffer[256] = {};
  auto* info = reinterpret_cast<vendor::CtDevinfo*>(buffer);
  if (context_.called(channel_, handle_, "dx_getctinfo", context_.api.dx_getctinfo(handle_, info)) != -1) {
    family_ = info->ct_devfamily;
    network_ = info->ct_nettype & 0x3F;  // two flag bits above
    alaw_ = info->ct_busencoding == vendor::CT_ENCALAW;
  }
}

void Voice::close() {
  if (handle_ < 0) return;
  context_.byVoice.erase(handle_);
  if (!adopted_) context_.called(channel_, handle_, "dx_close", context_.api.dx_close(handle_));
  handle_ = -1;
  adopted_ = false;
  io_ = VoiceIo::kNone;
}

bool Voice::begun(VoiceIo io, const char* function, int result, const std::string& argument) {
  if (context_.called(channel_, handle_, function, result, argument) == -1) return false;
  io_ = io;
  stopping_ = false;
  return true;
}

bool Voice::setHook(bool off) {
  const long state = off ? vendor::DX_OFFHOOK : vendor::DX_ONHOOK;
  return begun(VoiceIo::kHook, "dx_sethook", context_.api.dx_sethook(handle_, state, vendor::EV_ASYNC),
               off ? "off" : "on");
}

bool Voice::dial(const std::string& digits) {
  digits_ = digits;
  return begun(VoiceIo::kDial, "dx_dial",
               context_.api.dx_dial(handle_, digits_.c_str(), nullptr, vendor::EV_ASYNC), masked(digits));
}

bool Voice::analyse(const std::string& digits, const vendor::DxCap& cap) {
  digits_ = digits;
  cap_ = cap;
  return begun(VoiceIo::kAnalyse, "dx_dial",
               context_.api.dx_dial(handle_, digits_.c_str(), &cap_, vendor::DX_CALLP | vendor::EV_ASYNC),
               masked(digits) + ", DX_CALLP");
}

bool Voice::transfer(VoiceIo io, const char* function, int (*begin)(long, void*, const void*, void*, long),
                     const void* tpt) {
  const auto format = static_cast<uint16_t>(alaw_ ? vendor::DATA_FORMAT_ALAW : vendor::DATA_FORMAT_MULAW);
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::memset(blocks_.xpb, 0, sizeof blocks_.xpb);
    if (context_.narrowXpb) {
      const vendor::DxXpbNarrow xpb{vendor::FILE_FORMAT_VOX, format, vendor::DRT_8KHZ, 8};
      std::memcpy(blocks_.xpb, &xpb, sizeof xpb);
    } else {
      const vendor::DxXpb xpb{vendor::FILE_FORMAT_VOX, format, vendor::DRT_8KHZ, 8};
      std::memcpy(blocks_.xpb, &xpb, sizeof xpb);
    }
    if (begun(io, function, begin(handle_, &blocks_.iott, tpt, blocks_.xpb, vendor::EV_ASYNC))) return true;
    if (context_.api.ATDV_LASTERR(handle_) != vendor::EDX_XPBPARM || sizeof(long) == 4) return false;
    context_.narrowXpb = !context_.narrowXpb;
  }
  return false;
}

bool Voice::play(const std::vector<int16_t>& samples) {
  sound_.resize(samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    sound_[i] = alaw_ ? media::encodeAlaw(samples[i]) : media::encodeUlaw(samples[i]);
  }
  blocks_ = {};
  blocks_.iott.io_type = vendor::IO_MEM | vendor::IO_EOT;
  blocks_.iott.io_bufp = sound_.data();
  blocks_.iott.io_length = static_cast<long>(sound_.size());
  return transfer(VoiceIo::kPlay, "dx_playiottdata", context_.api.dx_playiottdata, nullptr);
}

bool Voice::record() {
  const int fd = stream_.attach();
  if (fd < 0 || context_.api.dx_setuio == nullptr) return false;
  blocks_ = {};
  blocks_.iott.io_type = vendor::IO_DEV | vendor::IO_UIO | vendor::IO_EOT;
  blocks_.iott.io_fhandle = fd;
  blocks_.iott.io_length = kUntilStopped;
  blocks_.tpt.tp_type = vendor::IO_EOT;
  blocks_.tpt.tp_termno = vendor::DX_MAXTIME;
  blocks_.tpt.tp_length = kLongestRecord100Ms;
  stream_.start(context_.now(), alaw_);
  return transfer(VoiceIo::kRecord, "dx_reciottdata", context_.api.dx_reciottdata, &blocks_.tpt);
}

void Voice::stop() {
  if (stopping_ || io_ == VoiceIo::kNone || io_ == VoiceIo::kHook || io_ == VoiceIo::kDial) return;
  stopping_ = true;
  if (io_ == VoiceIo::kRecord) stream_.stop();
  context_.called(channel_, handle_, "dx_stopch", context_.api.dx_stopch(handle_, vendor::EV_ASYNC));
}

VoiceIo Voice::ended(int event) {
  VoiceIo by = VoiceIo::kNone;
  switch (event) {
    case vendor::TDX_SETHOOK:
      by = VoiceIo::kHook;
      break;
    case vendor::TDX_DIAL:
      by = VoiceIo::kDial;
      break;
    case vendor::TDX_CALLP:
      by = VoiceIo::kAnalyse;
      break;
    case vendor::TDX_PLAY:
      by = VoiceIo::kPlay;
      break;
    case vendor::TDX_RECORD:
      by = VoiceIo::kRecord;
      break;
    case vendor::TDX_ERROR:
      by = io_;
      break;
    default:
      return VoiceIo::kNone;
  }
  if (by != io_ || io_ == VoiceIo::kNone) {
    ++context_.counters.lateEvents;
    return VoiceIo::kNone;
  }
  abandon();
  return by;
}

VoiceIo Voice::foundOver() {
  if (io_ == VoiceIo::kNone || context_.api.ATDX_STATE(handle_) != vendor::CS_IDLE) return VoiceIo::kNone;
  const VoiceIo over = io_;
  ++context_.counters.lostEvents;
  context_.trace.add(context_.now(), channel_, handle_, Trace::Kind::kNote,
                     std::string("no event for ") + dialogic::name(over) + ", but the channel is idle");
  abandon();
  return over;
}

void Voice::abandon() {
  if (io_ == VoiceIo::kRecord) stream_.stop();
  io_ = VoiceIo::kNone;
  stopping_ = false;
}

}  // namespace board::dialogic
