// What is done once, on the board's thread: the libraries started, the lines found and made.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "board/dialogic/board/board_parts.h"
#include "board/dialogic/line/analog/analog_line.h"
#include "board/dialogic/line/analog/dial_string.h"
#include "board/dialogic/line/analog/tones.h"
#include "board/dialogic/line/global_call/gc_line.h"
#include "board/dialogic/vendor/constants.h"
#include "board/dialogic/vendor/probe.h"
#include "board/dialogic/vendor/sip_start.h"

namespace board::dialogic {
namespace {

// Alarms of the span device that matter here: OOF, LOS, yellow, blue, RLOS, red, distant multiframe (3.10).
constexpr long kAlarmMask = 0x8000 | 0x100 | 0x20 | 0x2 | 0x1 | 0x400 | 0x2000;
constexpr long kErrorEvents = 1, kSetMask = 0;
constexpr int kBridgeSpans = 10'000;  // ids of lines that are no channels begin here

void refuseLayout(const std::string& problem) {
  if (!problem.empty()) throw std::runtime_error(kOtherLayout + problem);
}

}  // namespace

void Dialogic::startUp() {
  if (!srl_.start()) throw std::runtime_error("the SRL refuses polled mode (sr_setparm SR_MODEID)");
  if (context_.api.dx_setuio != nullptr) {
    context_.called(0, -1, "dx_setuio", context_.api.dx_setuio(AudioStream::functions()));
  }
  const bool some = std::any_of(spans_.begin(), spans_.end(),
                                [](const SpanConfig& span) { return span.kind != TrunkKind::kAnalog; });
  if (some || (spans_.empty() && context_.api.has(Library::kGc) && context_.api.facts[3].missing.empty())) {
    startGlobalCall();
  }
  if (spans_.empty()) spans_ = findSpans(context_);
  if (spans_.empty()) throw std::runtime_error("no lines: the libraries report no voice, DTI or IP board");
  checkAnalyses(context_.api, spans_);
  if (!globalCall_) probeVoice();
  makeLines();
  openSpans();
  setDialTimes(context_, spans_);
  if (!context_.config.analog.tonePlan.empty())
    defineTones(context_, *context_.plan(context_.config.analog.tonePlan));
  each([](Channel& channel) { channel.openDevices(); });
}

// Once per process: a board that was closed cannot be opened again in it, the library says so itself (7.4).
void Dialogic::startGlobalCall() {
  std::vector<std::string> names = context_.config.globalCall.libraries;
  int32_t sipLines = 0;
  for (const SpanConfig& span : spans_) sipLines += span.kind == TrunkKind::kSip ? span.channels : 0;
  if (names.empty() && sipLines > 0) names = {"GC_DM3CC_LIB", "GC_H3R_LIB", "GC_IPM_LIB"};
  // What the vendor says of a call that must fail shows how its GC_INFO is laid out, before the first
  // structure that depends on it is handed over.
  if (context_.api.gc_CCLibNameToID != nullptr && !context_.layoutSeen) {
    Cell none;
    ProbeBuffer said;
    if (context_.api.gc_CCLibNameToID("no such library", none.at()) == -1 &&
        context_.api.gc_ErrorInfo(said.bytes) != -1) {
      refuseLayout(checkInfo(said));
      context_.info(said);
    }
  }
  alignas(16) unsigned char start[64] = {};
  alignas(16) void* list[64] = {};
  void* argument = nullptr;
  const GlobalCallSettings& settings = context_.config.globalCall;
  SipStart sip(settings.sipPort, settings.maxCalls > 0 ? settings.maxCalls : std::max(1, sipLines),
               context_.layout == &vendor::kLayoutNatural);
  if (!names.empty()) {
    const auto count = static_cast<int32_t>(std::min<size_t>(names.size(), std::size(list) / 2));
    for (int32_t i = 0; i < count; ++i) {
      const std::string& library = names[static_cast<size_t>(i)];
      list[2 * i] = const_cast<char*>(library.c_str());
      if (library == "GC_H3R_LIB") list[2 * i + 1] = sip.data();
    }
    void* const first = list;
    std::memcpy(start, &count, sizeof count);
    std::memcpy(start + context_.layout->startList, &first, sizeof first);
    argument = start;
  }
  if (context_.called(0, -1, "gc_Start", context_.api.gc_Start(argument)) == -1) {
    const GcInfo info = context_.gcError();
    throw std::runtime_error("gc_Start: " + vendor::nameOf("EGC", info.value) + " " + info.message +
                             (info.ccMessage.empty() ? "" : ", " + info.ccMessage) +
                             ". Is the Dialogic service running? A process can start Global Call once");
  }
  globalCall_ = true;
  srl_.globalCallStarted();
  if (const std::optional<std::string> problem = srl_.probe()) {
    refuseLayout(*problem);
    context_.widthSeen = true;
  }
}

// What a voice channel says of itself shows how wide the library's long is, where no event of Global Call
// does.
void Dialogic::probeVoice() {
  const Api& api = context_.api;
  const std::string name = spans_.front().voice;
  const int channel = context_.called(0, -1, "dx_open", api.dx_open(name.c_str(), 0), name);
  if (channel < 0) return;  // told when the line is opened
  ProbeBuffer said;
  const bool told =
      context_.called(0, channel, "dx_getctinfo", api.dx_getctinfo(channel, said.bytes), name) != -1;
  context_.called(0, channel, "dx_close", api.dx_close(channel), name);
  if (told) refuseLayout(checkDevinfo(said));
}

void Dialogic::makeLines() {
  ChannelId next = 1, bridge = kBridgeSpans + 1;
  for (size_t s = 0; s < spans_.size(); ++s) {
    const SpanConfig& span = spans_[s];
    for (int i = 0; i < span.channels; ++i) {
      const bool kept = i >= span.channels - span.bridgeLines;
      Place place{kept ? bridge++ : next++, static_cast<uint32_t>(s + 1), span, i, kept};
      std::unique_ptr<Channel> line;
      if (span.kind == TrunkKind::kAnalog) {
        line = std::make_unique<AnalogLine>(context_, std::move(place));
      } else {
        line = std::make_unique<GcLine>(context_, std::move(place));
      }
      if (kept) context_.bridges.push_back(line.get());
      (kept ? bridges_ : channels_).push_back(std::move(line));
    }
  }
  alarms_.resize(spans_.size());
  askAt_.resize(spans_.size(), kNever);
}

// The span devices tell which alarm it is; Global Call tells which lines are blocked by it.
void Dialogic::openSpans() {
  const Api& api = context_.api;
  if (!api.has(Library::kDti) || api.dt_open == nullptr || api.dt_setevtmsk == nullptr) return;
  for (size_t s = 0; s < spans_.size(); ++s) {
    if (!spans_[s].network.starts_with("dti")) continue;
    const std::string& name = spans_[s].network;
    const int device = context_.called(0, -1, "dt_open", api.dt_open(name.c_str(), 0), name);
    if (device < 0) continue;
    spanByDevice_[device] = static_cast<uint32_t>(s + 1);
    context_.called(0, device, "dt_setevtmsk", api.dt_setevtmsk(device, kErrorEvents, kAlarmMask, kSetMask),
                    name);
  }
}

}  // namespace board::dialogic
