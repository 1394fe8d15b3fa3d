// Configuration of the Dialogic board. Every field has the value of a usual installation: an empty Config
// opens the libraries of /usr/dialogic/lib and the channels that they report. Times in ms, frequencies in Hz;
// the vendor's own units (10 ms, percent) appear nowhere here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "board/board.h"
#include "cpd/tones/plan/tone_plan.h"

namespace board::dialogic {

// Where the vendor's libraries are. Names are tried in `folder` first; with an empty folder the loader's own
// search path is used.
struct Libraries {
  std::string folder = "/usr/dialogic/lib";
  std::string srl = "libsrl.so";     // events, device mapper
  std::string voice = "libdxxx.so";  // dx_, ATDX_
  std::string dti = "libdti.so";     // dt_; needed for digital spans only
  std::string gc = "libgc.so";       // gc_; needed for lines of Global Call only
  // Function "double f(void)" of the SRL library that is the board's clock, in ms; empty: the machine's
  // monotonic clock. The vendor has none: this is for stand-in libraries whose time is not the machine's.
  std::string clock;
};

// How a call's progress is analysed by the board on a line of Global Call.
enum class CpaMethod : uint8_t {
  kGlobalCall,  // parameters with the call, verdict by GCEV_MEDIADETECTED: DM3 and HMP with a voice device
                // attached
  kDial,        // dx_dial on the voice device after the call was made: Springware on ISDN, HMP with SIP
};

// What the switch offers to move a call.
enum class TransferMethod : uint8_t {
  kNone,        // nothing: FailureReason::kNotSupported
  kHookFlash,   // analog: flash, dial the extension, go on hook
  kBlind,       // gc_BlindTransfer: CAS and analog protocols
  kSetup,       // gc_SetupTransfer, gc_MakeCall on the consultation call, gc_CompleteTransfer
  kRefer,       // gc_InvokeXfer: SIP REFER
  kBridge,      // a second line of the board, both legs joined on the bus; both lines stay busy
  kTwoChannel,  // ISDN: a bridge that the switch is asked to take over (TBCT); if it will not, it stays a
                // bridge
};

// One span: lines of one kind in a row. The board's channels are numbered from 1 across the spans in their
// order.
struct SpanConfig {
  TrunkKind kind = TrunkKind::kAnalog;
  // Device of the network side without the slot: "dtiB1", "iptB1". Empty on analog spans.
  std::string network;
  // First time slot of `network`; the others follow.
  int32_t firstSlot = 1;
  int32_t channels = 4;
  // First voice channel: "dxxxB1C1"; the others follow in groups of four a virtual board.
  std::string voice = "dxxxB1C1";
  // SIP: first media channel, "ipmB1C1"; empty: the call control library chooses.
  std::string media;
  // Global Call protocol; empty: "ISDN" on ISDN spans, "SIP" on SIP spans.
  std::string protocol;
  // Appended to the number called, e.g. "@10.0.0.1" to reach a SIP proxy.
  std::string destinationSuffix;

  // Who analyses progress unless the dial request says otherwise. kBoth: both hear the call, `lead` decides,
  // and the evidence and the CPA dump hold the two verdicts. On analog lines a channel either dials with
  // analysis or records: kBoth is refused there.
  Cpa cpa = Cpa::kBoard;
  Cpa lead = Cpa::kBoard;  // of kBoth: kBoard or kOurs
  CpaMethod method = CpaMethod::kGlobalCall;

  // How calls are moved; unset: by kind. Analog: hook flash. SIP: REFER. ISDN: bridge.
  std::optional<TransferMethod> blind;
  std::optional<TransferMethod> consult;
  // The last lines of the span are kept for the second legs of bridges: they are no channels of the
  // inventory.
  int32_t bridgeLines = 0;
};

// Analog lines.
struct AnalogSettings {
  // Wait for dial tone in the dial string (L, PerfectCall); off where the line has none.
  bool waitForDialTone = true;
  // Tone dialling; false: pulse. The letter is sent with each call, because it sticks to the channel.
  bool toneDialling = true;
  // Characters of the vendor's dial string before the number, e.g. "9," to get an outside line. Only digits,
  // * # and the pause (,): the flash is not to be had here.
  std::string prefix;
  // Loop current must be gone for so long to count as the far end's hang-up.
  int32_t loopDropMs = 400;
  // Loop current that comes or turns after dialling counts as the answer. Only where the line signals answer
  // so.
  bool answerByLoopCurrent = false;
  // On hook for so long before the line is taken again.
  int32_t guardMs = 100;
  // Tone definitions of the channels (dx_chgfreq, dx_chgdur, dx_chgrepcnt) from this tone plan; empty: the
  // vendor's own, which are deliberately wide.
  std::string tonePlan;
  // The busy tone of that plan ends a call that is up (disconnect tone).
  bool disconnectTone = true;
  // Length of a hook flash and of a pause (,) in a dial string, in steps of 10 ms; unset: as the board is
  // configured. They are the voice board's, and hold for all its channels, also for other programs.
  std::optional<int32_t> flashMs;
  std::optional<int32_t> pauseMs;
};

// Global Call.
struct GlobalCallSettings {
  // Call control libraries to start, e.g. {"GC_DM3CC_LIB", "GC_H3R_LIB", "GC_IPM_LIB"}, which is what is
  // taken when this is empty and there are SIP spans; else empty: all configured ones.
  std::vector<std::string> libraries;
  // Start data of the SIP stack, which GC_H3R_LIB gets.
  int32_t sipPort = 5060;
  int32_t maxCalls = 0;  // 0: as many as there are SIP channels here
};

// The audio stream that our own detector hears.
struct StreamSettings {
  // A verdict must not be later than its deadline though the audio comes late: the detector's time limit is
  // shortened by the delay that this channel's stream has shown, and before it has shown any, by this.
  int32_t expectedDelayMs = 100;
};

// Beyond the event that ends a command. After it the channel is reset; if that fails too, it is out of
// service.
struct Watchdogs {
  int32_t openMs = 30'000;
  int32_t hookMs = 5'000;
  int32_t dialMs = 10'000;  // beyond the longest a call can take by its parameters
  int32_t stopMs = 5'000;
  int32_t dropMs = 10'000;
  int32_t releaseMs = 10'000;
  int32_t resetMs = 30'000;
  int32_t transferMs = 40'000;
  int32_t playMs = 5'000;  // beyond the length of the file
  // Pauses before a channel out of service is tried again; they double from the first to the longest.
  int32_t retryFirstMs = 5'000;
  int32_t retryLongestMs = 300'000;
};

struct Config {
  std::string name = "dialogic0";
  Libraries libraries;
  // Empty: found by asking the libraries, with each span's defaults.
  std::vector<SpanConfig> spans;
  // Who analyses progress on spans that were found, by kind.
  std::map<TrunkKind, Cpa> cpa;
  AnalogSettings analog;
  GlobalCallSettings globalCall;
  StreamSettings stream;
  Watchdogs watchdogs;
  // Fields of the vendor's DX_CAP by our names ("noAnswerMs", "sit1LowHz" ...); cap_settings.h lists them
  // with unit, default and source. A field that is not named has the vendor's default.
  std::map<std::string, int32_t> cap;
  // Tone plan of the lines, for the dial tone and for calls that name none.
  std::string plan = "US";
  std::vector<cpd::TonePlan> plans;  // site's own plans, beside the built-in ones

  // Events of the trace ring that diagnostics show, and CPA dumps kept.
  int32_t traceEvents = 5'000;
  int32_t cpaDumps = 1'000;
};

}  // namespace board::dialogic
