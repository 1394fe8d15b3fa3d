// Starting, stopping and opening; which calls there are.
#include "standin/global_call/global_call.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "standin/engine/world.h"
#include "standin/voice/voice_channel.h"

namespace standin {
namespace {

const char* const kLibraries[] = {"",           "GC_ICAPI_LIB", "GC_ISDN_LIB", "GC_ANAPI_LIB", "GC_PDKRT_LIB",
                                  "GC_SS7_LIB", "GC_DM3CC_LIB", "GC_H3R_LIB",  "GC_IPM_LIB"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Fields of ":N_dtiB1T1:P_isdn:V_dxxxB1C1". False: the name is not of that form.
bool parse(const std::string& name, std::map<char, std::string>& fields) {
  if (name.empty() || name[0] != ':') return false;
  for (size_t at = 0; at < name.size();) {
    const size_t end = std::min(name.find(':', at + 1), name.size());
    const std::string field = name.substr(at + 1, end - at - 1);
    if (field.size() < 3 || field[1] != '_' || std::strchr("NPVML", field[0]) == nullptr) return false;
    if (!fields.emplace(field[0], field.substr(2)).second) return false;
    at = end;
  }
  return fields.contains('N') && fields.contains('P');
}

// Whether the IP library's start data turn supplementary services on, in any virtual board.
bool asksForTransfer(const void* data) {
  if (data == nullptr) return false;
  const auto* start = static_cast<const IpStart*>(data);
  if (start->version < 0x200 || start->boards < 1 || start->list == nullptr) return false;
#ifdef STANDIN_NATURAL
  // IP_VIRTBOARD: three limits from 4 on, address at 16 with its words at 20, ports, a pointer, size, two
  // masks.
  constexpr size_t kMask = 56;
#else
  // In IP_VIRTBOARD, packed: version, three limits, address (1 + 16), two ports, a pointer, size, two masks.
  constexpr size_t kMask = 2 + 3 * 4 + 17 + 2 * 2 + sizeof(void*) + 2 + 4;
#endif
  uint32_t mask = 0;
  std::memcpy(&mask, start->list + kMask, sizeof mask);
  return mask != 0xFFFFFFFFu && (mask & 1) != 0;
}

}  // namespace

const char* GlobalCall::libraryName(int id) {
  return id >= 1 && id < static_cast<int>(std::size(kLibraries)) ? kLibraries[id] : "";
}

int GlobalCall::fail(int error, const char* message) {
  ThreadState& state = engine_.thread();
  state.gcError = error;
  state.gcMessage = message;
  return -1;
}

bool GlobalCall::check() {
  if (state_ == State::kRunning) return true;
  if (state_ == State::kStopped) {
    engine_.misuse.count("after_stop", "a Global Call function after gc_Stop");
    fail(EGC_GC_FUNC_AFTER_STOP, "Called after gc_Stop");
  } else {
    fail(EGC_GCNOTSTARTED, "gc_Start was not called");
  }
  return false;
}

int GlobalCall::start(const GcStart* given) {
  if (state_ == State::kRunning) {
    engine_.misuse.count("double_start", "gc_Start");
    return fail(EGC_GC_STARTED, "Already started");
  }
  if (state_ == State::kStopped) {
    engine_.misuse.count("start_after_stop", "gc_Start");
    return fail(EGC_GC_FUNC_AFTER_STOP, "Started and stopped before in this process");
  }
  if (engine_.faults.strikes("start_fail", ""))
    return fail(EGC_CCLIBSTART, "A call control library did not start");
  if (given != nullptr) {
    constexpr int kMost = 10;
    if (given->count < 0 || given->count > kMost || (given->count > 0 && given->list == nullptr))
      return fail(EGC_INVPARM, "Bad list of libraries");
    for (int i = 0; i < given->count; ++i) {
      const CclibStart& library = given->list[i];
      const bool known = library.name != nullptr &&
                         std::any_of(std::begin(kLibraries) + 1, std::end(kLibraries),
                                     [&](const char* each) { return std::strcmp(each, library.name) == 0; });
      if (!known) return fail(EGC_NAMENOTFOUND, "No such call control library");
      libraries_.emplace_back(library.name);
      if (libraries_.back() == "GC_H3R_LIB") transferEnabled_ = asksForTransfer(library.data);
    }
  }
  state_ = State::kRunning;
  return 0;
}

int GlobalCall::stop() {
  if (!check()) return -1;
  for (const Opened& device : engine_.handles()) {
    if (!device.closed && device.what == What::kGcLine)
      engine_.misuse.count("device_left_open", device.name + " at gc_Stop");
  }
  for (const GcCall& call : calls_) {
    if (!call.released) engine_.misuse.count("call_not_released", call.line->device.name + " at gc_Stop");
  }
  for (size_t i = 0; i < blocks.size(); ++i) engine_.misuse.note("parm_block_not_deleted");
  state_ = State::kStopped;
  return 0;
}

int GlobalCall::open(vlong* handle, const char* given, void* usrattr) {
  const std::string name = given;
  std::map<char, std::string> fields;
  if (!parse(name, fields)) return fail(EGC_INVDEVNAME, "Bad device name");
  World& world = *engine_.world;
  NetworkLine* network = world.line(fields['N']);
  const std::vector<std::string>* board = world.subdevices(fields['N']);
  const std::string protocol = lower(fields['P']);
  Family family = Family::kDm3;
  int span = 0;
  if (network != nullptr) {
    family = network->family;
    span = network->span;
  } else if (board != nullptr && !board->empty() && world.line(board->front()) != nullptr) {
    family = world.line(board->front())->family;
    span = world.line(board->front())->span;
  } else {
    return fail(EGC_INVDEVNAME, "No such network device");
  }
  const bool ip = family == Family::kHmp;
  if (family == Family::kSpringware) return fail(EGC_INVDEVNAME, "An analog line of the voice library");
  const bool fits = ip ? protocol == "sip" || protocol == "ip" : protocol == "isdn";
  if (!fits) return fail(EGC_INVPROTOCOL, "No such protocol on this device");
  const std::string needed = ip ? "GC_H3R_LIB" : "GC_DM3CC_LIB";
  if (!libraries_.empty() && std::find(libraries_.begin(), libraries_.end(), needed) == libraries_.end())
    return fail(EGC_DRIVER, "The library of this device was not started");
  VoiceChannel* voice = nullptr;
  if (fields.contains('V')) {
    voice = world.voice(fields['V']);
    if (voice == nullptr || voice->own != nullptr) return fail(EGC_VOICE, "No such voice device");
  }
  if (fields.contains('M')) {
    const std::string media = fields['M'];
    const std::vector<std::string>* devices = world.subdevices(media.substr(0, media.find('C')));
    if (!ip || devices == nullptr || std::find(devices->begin(), devices->end(), media) == devices->end())
      return fail(EGC_INVDEVNAME, "No such media device");
  }
  for (const GcLine& line : lines) {
    if (!line.device.closed && line.network != nullptr && line.network == network) {
      engine_.misuse.count("opened_twice", name);
      return fail(EGC_OPENH, "Device is open");
    }
  }
  Opened& device = engine_.open(name, What::kGcLine);
  lines.emplace_back(engine_, device, network, span);
  GcLine& line = lines.back();
  device.gc = &line;
  device.line = network;
  line.usrattr = usrattr;
  line.voice = voice;
  if (network != nullptr) {
    Opened& slot = engine_.open(network->name, ip ? What::kIp : What::kSlot);
    slot.line = network;
    line.networkHandle = slot.handle;
  }
  if (voice != nullptr) {
    Opened& attached = engine_.open(voice->name, What::kVoice);
    attached.voice = voice;
    line.voiceHandle = attached.handle;
    voice->source = network;
    if (network != nullptr) network->source = voice;
  }
  if (fields.contains('M')) line.mediaHandle = engine_.open(fields['M'], What::kMedia).handle;
  *handle = device.handle;
  line.opened();
  return 0;
}

GcCall* GlobalCall::call(vlong crn, const char* function) {
  if (!check()) return nullptr;
  if (calls_.empty() || crn < calls_.front().crn || crn > calls_.back().crn) {
    engine_.misuse.count("unknown_crn", std::string(function) + " with " + std::to_string(crn));
  } else {
    GcCall& call = calls_[static_cast<size_t>(crn - calls_.front().crn)];
    if (call.line->device.owner != std::this_thread::get_id())
      engine_.misuse.count("wrong_thread", std::string(function) + " on " + call.line->device.name);
    if (!call.released) return &call;
    engine_.misuse.count("released_call", std::string(function) + " on " + call.line->device.name);
  }
  fail(EGC_INVCRN, "No such call");
  return nullptr;
}

GcCall& GlobalCall::newCall(GcLine& line) {
  // Released calls are remembered for a while, so that their use is known for what it is.
  constexpr size_t kRemembered = 4'000;
  static constexpr vlong kFirst = 0x100001;
  while (calls_.size() > kRemembered && calls_.front().released) calls_.pop_front();
  const vlong crn = calls_.empty() ? kFirst : calls_.back().crn + 1;
  GcCall& call = calls_.emplace_back();
  call.crn = crn;
  call.line = &line;
  line.current.push_back(&call);
  return call;
}

long GlobalCall::unreleased() const {
  return std::count_if(calls_.begin(), calls_.end(), [](const GcCall& call) { return !call.released; });
}

// Board devices hear of it once for all its slots.
void GlobalCall::spanAlarm(int span, const std::string& alarm, bool on) {
  int& count = spanAlarms_[span];
  const bool before = count > 0;
  count = std::max(0, count + (on ? 1 : -1));
  if (before == (count > 0)) return;
  for (GcLine& line : lines) {
    if (line.network == nullptr && line.span == span) line.blocked(on, alarm);
  }
}

}  // namespace standin
