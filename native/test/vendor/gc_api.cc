// The functions that libgc.so exports, but for the parameter blocks.
#include <algorithm>
#include <cstring>

#include "event_names.h"
#include "gc_parms.h"
#include "global_call.h"
#include "voice_channel.h"
#include "world.h"

using namespace standin;

namespace {

GcLine* lineOf(Entry& entry, vlong handle) {
  if (!entry.ready() || !engine().gc->check()) return nullptr;
  Opened* opened = entry.device(handle);
  if (opened == nullptr || opened->gc == nullptr) {
    engine().gc->fail(EGC_INVLINEDEV, "No such line device");
    return nullptr;
  }
  return opened->gc;
}

GcCall* callOf(Entry& entry, vlong crn) {
  return entry.ready() ? engine().gc->call(crn, entry.function()) : nullptr;
}

bool asynchronous(unsigned long mode) { return (mode & kAsync) != 0; }

// For a synchronous call: waits for one of the events and takes it. 0 if it is the first one.
int finish(Entry& entry, int begun, unsigned long mode, GcLine& line,
           std::initializer_list<unsigned> events) {
  if (begun != 0 || asynchronous(mode)) return begun;
  entry.synchronous();
  constexpr double kLongestMs = 180'000;
  Event event;
  unsigned came = 0;
  const bool done = engine().pass(
      entry.lock,
      [&] {
        for (const unsigned type : events) {
          if (!engine().take(line.device.handle, type, event)) continue;
          came = type;
          return true;
        }
        return false;
      },
      kLongestMs);
  if (!done) return engine().gc->fail(EGC_TIMEOUT, "No answer");
  if (came == *events.begin()) return 0;
  return engine().gc->fail(event.part.gcValue, "Task failed");
}

std::string dialled(const char* number, const GcMakeCallBlk* block) {
  if (number != nullptr && *number != 0) return number;
  if (block == nullptr || block->gclib == nullptr) return "";
  const char* address = block->gclib->destination.address;
  return std::string(address, strnlen(address, sizeof block->gclib->destination.address));
}

void fillInfo(GcInfo* info, int value, const char* message, int cclib, int ccValue, const char* ccMessage) {
  static const char* const none = "";
  info->value = value;
  info->message = message;
  info->cclib = cclib;
  info->cclibName = GlobalCall::libraryName(cclib);
  info->ccValue = ccValue;
  info->ccMessage = ccMessage;
  info->additional = none;
}

int metaEvent(Entry& entry, MetaEvent* meta) {
  if (!entry.ready()) return -1;
  ThreadState& state = engine().thread();
  if (meta == nullptr) return engine().gc->fail(EGC_INVPARM, "No METAEVENT");
  if (!state.haveEvent || state.callsSinceWait != 1)
    engine().misuse.count("meta_event_late",
                          state.haveEvent ? "after other calls than the wait" : "without an event");
  if (!state.haveEvent) return engine().gc->fail(EGC_INVMETAEVENT, "No event");
  Event& event = state.event;
  *meta = MetaEvent{};
  meta->magic = static_cast<vlong>(static_cast<int32_t>(kMetaMagic));
  meta->flags = event.gc ? 1 : 0;
  meta->data = event.data.empty() ? nullptr : event.data.data();
  meta->len = static_cast<vlong>(event.data.size());
  meta->dev = event.dev;
  meta->type = static_cast<vlong>(event.type);
  if (event.gc) {
    meta->linedev = event.part.linedev;
    meta->crn = event.part.crn;
    meta->usrattr = event.part.usrattr;
    meta->cclib = event.part.cclib;
    meta->ext = event.part.ext.empty() ? nullptr : event.part.ext.data();
  }
  return 0;
}

// The event a METAEVENT speaks of: the thread's last one.
const Event* eventOf(const MetaEvent* meta) {
  const ThreadState& state = engine().thread();
  const bool fits = meta != nullptr && static_cast<uint32_t>(meta->magic) == kMetaMagic && state.haveEvent &&
                    state.event.dev == meta->dev && static_cast<vlong>(state.event.type) == meta->type;
  if (!fits) {
    engine().misuse.count("meta_event_stale", "gc_ResultInfo of an event that is not the last one");
    engine().gc->fail(EGC_INVMETAEVENT, "Not the last event");
    return nullptr;
  }
  return &state.event;
}

}  // namespace

VENDOR_API int gc_Start(GcStart* libraries) {
  Entry entry("gc_Start");
  return entry.ready() ? engine().gc->start(libraries) : -1;
}

VENDOR_API int gc_Stop(void) {
  Entry entry("gc_Stop");
  return entry.ready() ? engine().gc->stop() : -1;
}

VENDOR_API int gc_OpenEx(vlong* out, char* name, int mode, void* usrattr) {
  Entry entry("gc_OpenEx");
  if (!entry.ready() || !engine().gc->check()) return -1;
  if (out == nullptr || name == nullptr)
    return engine().gc->fail(EGC_INVPARM, "No name or no place for the handle");
  if (engine().gc->open(out, name, usrattr) != 0) return -1;
  GcLine& line = *engine().find(*out)->gc;
  return finish(entry, 0, static_cast<unsigned long>(mode), line, {GCEV_OPENEX, GCEV_OPENEX_FAIL});
}

VENDOR_API int gc_Close(vlong handle) {
  Entry entry("gc_Close");
  GcLine* line = lineOf(entry, handle);
  if (line == nullptr) return -1;
  line->closed();
  engine().faults.reset(line->device.name);
  for (const int attached : {line->voiceHandle, line->mediaHandle, line->networkHandle}) {
    Opened* opened = engine().find(attached);
    if (opened == nullptr || opened->closed) continue;
    if (opened->voice != nullptr) {
      opened->voice->released(*opened);
      if (opened->voice->source == line->network) opened->voice->source = nullptr;
    }
    engine().close(*opened);
  }
  if (line->network != nullptr) line->network->source = nullptr;
  engine().close(line->device);
  return 0;
}

VENDOR_API int gc_MakeCall(vlong linedev, vlong* crn, char* number, GcMakeCallBlk* block, int timeout,
                           unsigned long mode) {
  Entry entry("gc_MakeCall");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  GlobalCall& gc = *engine().gc;
  if (crn == nullptr) return gc.fail(EGC_INVPARM, "No place for the CRN");
  if (number != nullptr && std::strlen(number) > 32 && line->network != nullptr &&
      line->network->kind != board::TrunkKind::kSip)
    return gc.fail(EGC_INVPARM, "Number is longer than 32 digits");
  CallAnalysis analysis;
  if (block != nullptr && block->gclib != nullptr && block->gclib->ext != nullptr)
    analysis = readAnalysis(block->gclib->ext);
  // On a consultation call the CRN is given.
  GcCall* consultation = nullptr;
  for (GcCall* each : line->current) {
    if (each->consultation && each->crn == *crn && each->state == GCST_DIALTONE) consultation = each;
  }
  const int result = line->makeCall(crn, dialled(number, block), analysis, timeout, consultation);
  return finish(entry, result, mode, *line, {GCEV_CONNECTED, GCEV_DISCONNECTED, GCEV_TASKFAIL});
}

VENDOR_API int gc_DropCall(vlong crn, int cause, unsigned long mode) {
  Entry entry("gc_DropCall");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GcLine& line = *call->line;
  return finish(entry, line.drop(*call, cause), mode, line, {GCEV_DROPCALL, GCEV_TASKFAIL});
}

VENDOR_API int gc_ReleaseCallEx(vlong crn, unsigned long mode) {
  Entry entry("gc_ReleaseCallEx");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GcLine& line = *call->line;
  return finish(entry, line.release(*call), mode, line, {GCEV_RELEASECALL, GCEV_RELEASECALL_FAIL});
}

VENDOR_API int gc_ReleaseCall(vlong crn) { return gc_ReleaseCallEx(crn, 0); }

VENDOR_API int gc_ResetLineDev(vlong linedev, unsigned long mode) {
  Entry entry("gc_ResetLineDev");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  return finish(entry, line->reset(), mode, *line, {GCEV_RESETLINEDEV, GCEV_TASKFAIL});
}

VENDOR_API int gc_WaitCall(vlong linedev, vlong*, void*, int, unsigned long mode) {
  Entry entry("gc_WaitCall");
  if (lineOf(entry, linedev) == nullptr) return -1;
  // Nobody ever calls in.
  return asynchronous(mode) ? 0 : engine().gc->fail(EGC_TIMEOUT, "No call");
}

VENDOR_API int gc_AcceptCall(vlong crn, int, unsigned long) {
  Entry entry("gc_AcceptCall");
  return callOf(entry, crn) != nullptr ? engine().gc->fail(EGC_INVSTATE, "Not an incoming call") : -1;
}

VENDOR_API int gc_AnswerCall(vlong crn, int, unsigned long) {
  Entry entry("gc_AnswerCall");
  return callOf(entry, crn) != nullptr ? engine().gc->fail(EGC_INVSTATE, "Not an incoming call") : -1;
}

// ---- events and errors

VENDOR_API int gc_GetMetaEvent(MetaEvent* meta) {
  Entry entry("gc_GetMetaEvent");
  return metaEvent(entry, meta);
}

VENDOR_API int gc_GetMetaEventEx(MetaEvent* meta, unsigned long) {
  Entry entry("gc_GetMetaEventEx");
  return metaEvent(entry, meta);
}

VENDOR_API int gc_ErrorInfo(GcInfo* info) {
  Entry entry("gc_ErrorInfo");
  if (info == nullptr) return -1;
  const ThreadState& state = engine().thread();
  fillInfo(info, state.gcError, state.gcMessage, 0, 0, "");
  return 0;
}

VENDOR_API int gc_ErrorValue(int* value, int* cclib, vlong* ccError) {
  Entry entry("gc_ErrorValue");
  if (value == nullptr || cclib == nullptr || ccError == nullptr) return -1;
  *value = engine().thread().gcError;
  *cclib = 0;
  *ccError = 0;
  return 0;
}

VENDOR_API int gc_ResultInfo(MetaEvent* meta, GcInfo* info) {
  Entry entry("gc_ResultInfo");
  if (!entry.ready() || info == nullptr) return -1;
  const Event* event = eventOf(meta);
  if (event == nullptr) return -1;
  if (!event->gc) return engine().gc->fail(EGC_INVMETAEVENT, "Not an event of Global Call");
  fillInfo(info, event->part.gcValue, event->part.message.c_str(), event->part.cclib, event->part.ccValue,
           event->part.message.c_str());
  return 0;
}

VENDOR_API int gc_ResultValue(MetaEvent* meta, int* value, int* cclib, vlong* ccValue) {
  Entry entry("gc_ResultValue");
  if (!entry.ready() || value == nullptr || cclib == nullptr || ccValue == nullptr) return -1;
  const Event* event = eventOf(meta);
  if (event == nullptr) return -1;
  *value = event->part.gcValue;
  *cclib = event->part.cclib;
  *ccValue = event->part.ccValue;
  return 0;
}

VENDOR_API int gc_ResultMsg(int, vlong code, char** text) {
  static thread_local std::string message;
  Entry entry("gc_ResultMsg");
  if (text == nullptr) return -1;
  message = "Result " + std::to_string(code);
  *text = message.data();
  return 0;
}

// ---- attributes

VENDOR_API int gc_GetCallInfo(vlong crn, int id, char* buffer) {
  Entry entry("gc_GetCallInfo");
  const GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  if (buffer == nullptr) return engine().gc->fail(EGC_INVPARM, "No buffer");
  constexpr int kConnectType = 0x101, kOrigination = 0x107, kDestination = 0x108;
  if (id == kConnectType) {
    *buffer = static_cast<char>(call->connectType);
    return 0;
  }
  if (id == kDestination && call->leg) {
    std::memcpy(buffer, call->leg->number.c_str(), call->leg->number.size() + 1);
    return 0;
  }
  if (id == kOrigination) {
    *buffer = 0;
    return 0;
  }
  return engine().gc->fail(EGC_UNSUPPORTED, "No such information");
}

VENDOR_API int gc_GetCallState(vlong crn, int* state) {
  Entry entry("gc_GetCallState");
  const GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  if (state == nullptr) return engine().gc->fail(EGC_INVPARM, "No place for the state");
  *state = call->state;
  return 0;
}

VENDOR_API int gc_GetLinedevState(vlong linedev, int type, int* state) {
  Entry entry("gc_GetLinedevState");
  const GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  if (state == nullptr || type < 0 || type > 1) return engine().gc->fail(EGC_INVPARM, "Bad type");
  *state = line->network != nullptr && line->network->blocked() ? 1 : 0;
  return 0;
}

VENDOR_API int gc_GetResourceH(vlong linedev, int* handle, int type) {
  Entry entry("gc_GetResourceH");
  if (!entry.ready() || !engine().gc->check()) return -1;
  if (handle == nullptr) return engine().gc->fail(EGC_INVPARM, "No place for the handle");
  constexpr int kLineOfNetwork = 4;
  if (type == kLineOfNetwork) {
    for (const GcLine& line : engine().gc->lines) {
      if (line.device.closed || line.networkHandle != linedev) continue;
      *handle = line.device.handle;
      return 0;
    }
    return engine().gc->fail(EGC_INVLINEDEV, "No such network device");
  }
  const GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  const int found = type == 1   ? line->networkHandle
                    : type == 2 ? line->voiceHandle
                    : type == 3 ? line->mediaHandle
                                : 0;
  if (found == 0) return engine().gc->fail(type == 2 ? EGC_VOICE : EGC_NDEVICE, "No such resource");
  *handle = found;
  return 0;
}

VENDOR_API int gc_GetVoiceH(vlong linedev, int* handle) { return gc_GetResourceH(linedev, handle, 2); }
VENDOR_API int gc_GetNetworkH(vlong linedev, int* handle) { return gc_GetResourceH(linedev, handle, 1); }

VENDOR_API int gc_CRN2LineDev(vlong crn, vlong* linedev) {
  Entry entry("gc_CRN2LineDev");
  const GcCall* call = callOf(entry, crn);
  if (call == nullptr || linedev == nullptr) return -1;
  *linedev = call->line->device.handle;
  return 0;
}

VENDOR_API int gc_SetUsrAttr(vlong linedev, void* attribute) {
  Entry entry("gc_SetUsrAttr");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  line->usrattr = attribute;
  return 0;
}

VENDOR_API int gc_GetUsrAttr(vlong linedev, void** attribute) {
  Entry entry("gc_GetUsrAttr");
  const GcLine* line = lineOf(entry, linedev);
  if (line == nullptr || attribute == nullptr) return -1;
  *attribute = line->usrattr;
  return 0;
}

VENDOR_API int gc_GetVer(vlong, unsigned* release, unsigned* internal, long) {
  Entry entry("gc_GetVer");
  if (release == nullptr || internal == nullptr) return -1;
  *release = 0x0500;
  *internal = 0;
  return 0;
}

VENDOR_API int gc_CCLibNameToID(char* name, int* id) {
  Entry entry("gc_CCLibNameToID");
  if (name == nullptr || id == nullptr) return -1;
  for (int i = 1; *GlobalCall::libraryName(i) != 0; ++i) {
    if (std::strcmp(GlobalCall::libraryName(i), name) != 0) continue;
    *id = i;
    return 0;
  }
  return engine().gc->fail(EGC_NAMENOTFOUND, "No such library");
}

VENDOR_API int gc_CCLibIDToName(int id, char** name) {
  Entry entry("gc_CCLibIDToName");
  if (name == nullptr || *GlobalCall::libraryName(id) == 0) return -1;
  *name = const_cast<char*>(GlobalCall::libraryName(id));
  return 0;
}

VENDOR_API int gc_CCLibStatus(char* name, int* status) {
  int id = 0;
  if (status == nullptr || gc_CCLibNameToID(name, &id) != 0) return -1;
  *status = 1 | 2;  // available, configured
  return 0;
}

// ---- resources and the bus

VENDOR_API int gc_AttachResource(vlong linedev, int handle, GcParmBlk*, GcParmBlk**, int type,
                                 unsigned long mode) {
  Entry entry("gc_AttachResource");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  GlobalCall& gc = *engine().gc;
  constexpr int kVoiceResource = 2;
  if (type != kVoiceResource) return gc.fail(EGC_UNSUPPORTED, "Only voice devices");
  Opened* opened = entry.device(handle, What::kVoice);
  if (opened == nullptr) return gc.fail(EGC_VOICE, "Not a voice device");
  if (line->voice != nullptr) return gc.fail(EGC_ATTACHED, "A voice device is attached");
  line->voice = opened->voice;
  line->voiceHandle = handle;
  opened->voice->source = line->network;
  line->network->source = opened->voice;
  engine().after(20, &line->device, [line] { line->tell(GCEV_ATTACH, nullptr); });
  return finish(entry, 0, mode, *line, {GCEV_ATTACH});
}

VENDOR_API int gc_Attach(vlong linedev, int voice, unsigned long mode) {
  return gc_AttachResource(linedev, voice, nullptr, nullptr, 2, mode);
}

VENDOR_API int gc_Detach(vlong linedev, int voice, unsigned long mode) {
  Entry entry("gc_Detach");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  if (line->voice == nullptr || line->voiceHandle != voice)
    return engine().gc->fail(EGC_VOICE, "Not attached");
  if (line->voice->source == line->network) line->voice->source = nullptr;
  if (line->network->source == line->voice) line->network->source = nullptr;
  line->voice = nullptr;
  line->voiceHandle = 0;
  engine().after(20, &line->device, [line] { line->tell(GCEV_DETACH, nullptr); });
  return finish(entry, 0, mode, *line, {GCEV_DETACH});
}

VENDOR_API int gc_Listen(vlong linedev, ScTsinfo* info, unsigned long mode) {
  Entry entry("gc_Listen");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  Port* port = info != nullptr && info->numts == 1 && info->tsarray != nullptr
                   ? engine().world->port(static_cast<long>(*info->tsarray))
                   : nullptr;
  if (port == nullptr || line->network == nullptr) return engine().gc->fail(EGC_INVPARM, "Bad time slot");
  if (line->network->source != nullptr && line->network->source != port)
    engine().misuse.note("listen_without_unlisten");
  line->network->source = port;
  engine().after(20, &line->device, [line] { line->tell(GCEV_LISTEN, nullptr); });
  return finish(entry, 0, mode, *line, {GCEV_LISTEN});
}

VENDOR_API int gc_UnListen(vlong linedev, unsigned long mode) {
  Entry entry("gc_UnListen");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  if (line->network == nullptr) return engine().gc->fail(EGC_NDEVICE, "Not a network channel");
  line->network->source = nullptr;
  engine().after(20, &line->device, [line] { line->tell(GCEV_UNLISTEN, nullptr); });
  return finish(entry, 0, mode, *line, {GCEV_UNLISTEN});
}

VENDOR_API int gc_GetXmitSlot(vlong linedev, ScTsinfo* info) {
  Entry entry("gc_GetXmitSlot");
  const GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  if (line->network == nullptr || info == nullptr || info->numts != 1 || info->tsarray == nullptr)
    return engine().gc->fail(EGC_INVPARM, "Bad time slot");
  *info->tsarray = static_cast<vlong>(line->network->slot);
  return 0;
}

VENDOR_API int gc_GetCTInfo(vlong linedev, CtDevinfo* info) {
  Entry entry("gc_GetCTInfo");
  const GcLine* line = lineOf(entry, linedev);
  if (line == nullptr || info == nullptr) return -1;
  const bool ip = line->cclib() == 7;
  *info = CtDevinfo{};
  info->prodid = 2;
  info->devfamily = ip ? 8 : 5;  // CT_DFHMPDM3, CT_DFDM3
  info->nettype = ip ? 5 : 1;    // CT_NTIPT, CT_NTT1
  info->busmode = 6;
  info->prottype = 1;
  return 0;
}

// ---- configuration

namespace {

std::vector<uint8_t> configurationResult(long request, int target, vlong id, GcParmBlk* parms) {
  GcRtcm data{};
  data.request = static_cast<vlong>(request);
  data.gcResult = GCRV_NORMAL;
  data.message = "Normal completion";
  data.parm = parms;
  data.target = target;
  data.targetId = id;
  std::vector<uint8_t> bytes(sizeof data);
  std::memcpy(bytes.data(), &data, sizeof data);
  return bytes;
}

}  // namespace

VENDOR_API int gc_SetConfigData(int target, vlong id, GcParmBlk* parms, int, int, vlong* request,
                                unsigned long mode) {
  Entry entry("gc_SetConfigData");
  GcLine* line = lineOf(entry, id);
  if (line == nullptr) return -1;
  GlobalCall& gc = *engine().gc;
  if (parms == nullptr) return gc.fail(EGC_INVPARM, "No parameters");
  if (target != GCTGT_CCLIB_CHAN && target != GCTGT_GCLIB_CHAN && target != GCTGT_PROTOCOL_CHAN)
    return gc.fail(EGC_UNSUPPORTED, "Only channels");
  const CallAnalysis given = readAnalysis(parms);
  for (GcParmData* parm = nextParm(parms, nullptr); parm != nullptr; parm = nextParm(parms, parm)) {
    if (parm->set != kCallEventMaskSet) continue;
    uint32_t bits = 0;
    std::memcpy(&bits, parm->value, std::min<size_t>(parm->size, sizeof bits));
    if (parm->parm == 1) line->mask = bits;
    if (parm->parm == 2) line->mask |= bits;
    if (parm->parm == 3) line->mask &= ~bits;
  }
  if (target == GCTGT_CCLIB_CHAN) {
    for (const auto& [to, from] :
         {std::pair(&line->analysis.mode, given.mode), std::pair(&line->analysis.speed, given.speed),
          std::pair(&line->analysis.noAnswer, given.noAnswer),
          std::pair(&line->analysis.noSignal, given.noSignal),
          std::pair(&line->analysis.failure, given.failure)}) {
      if (from >= 0) *to = from;
    }
  }
  const long number = ++gc.requests;
  if (request != nullptr) *request = static_cast<vlong>(number);
  engine().after(20, &line->device, [line, number, target, id] {
    if (engine().faults.fails("gc_SetConfigData", line->device.name))
      return line->tell(GCEV_SETCONFIGDATA_FAIL, nullptr, GCRV_INTERNAL);
    line->tell(GCEV_SETCONFIGDATA, nullptr, GCRV_NORMAL, 0, nullptr,
               configurationResult(number, target, id, nullptr));
  });
  return finish(entry, 0, mode, *line, {GCEV_SETCONFIGDATA, GCEV_SETCONFIGDATA_FAIL});
}

VENDOR_API int gc_GetConfigData(int target, vlong id, GcParmBlk* parms, int, vlong* request,
                                unsigned long mode) {
  Entry entry("gc_GetConfigData");
  GcLine* line = lineOf(entry, id);
  if (line == nullptr) return -1;
  for (GcParmData* parm = nextParm(parms, nullptr); parm != nullptr; parm = nextParm(parms, parm)) {
    if (parm->set != kCallAnalysisSet || parm->size != 4) continue;
    const auto given = [](int value, int otherwise) { return value >= 0 ? value : otherwise; };
    const CallAnalysis& a = line->analysis;
    int value = 0;
    if (parm->parm == 1) value = given(a.mode, line->voice != nullptr ? 7 : 0);
    if (parm->parm == 2) value = given(a.speed, 3);
    if (parm->parm == 7) value = given(a.noAnswer, 3000);
    if (parm->parm == 8) value = given(a.noSignal, 4000);
    if (parm->parm == 9) value = given(a.failure, 400);
    std::memcpy(parm->value, &value, sizeof value);
  }
  const long number = ++engine().gc->requests;
  if (request != nullptr) *request = static_cast<vlong>(number);
  engine().after(20, &line->device, [line, number, target, id, parms] {
    line->tell(GCEV_GETCONFIGDATA, nullptr, GCRV_NORMAL, 0, nullptr,
               configurationResult(number, target, id, parms));
  });
  return finish(entry, 0, mode, *line, {GCEV_GETCONFIGDATA, GCEV_GETCONFIGDATA_FAIL});
}

namespace {

union GcParm {
  short number;
  int whole;
  vlong wide;
  char* text;
};

}  // namespace

VENDOR_API int gc_SetParm(vlong linedev, int parm, GcParm value) {
  Entry entry("gc_SetParm");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  constexpr int kMediaDetect = 0xA, kCallProgress = 0xC;
  int& mode = line->analysis.mode;
  if (parm == kMediaDetect) mode = (mode < 0 ? 0 : mode) | (value.whole == 1 ? 0x700 : 0);
  if (parm == kCallProgress) mode = (mode < 0 ? 0 : mode) | (value.whole == 1 ? 0x7 : 0);
  return 0;
}

VENDOR_API int gc_GetParm(vlong linedev, int, GcParm* value) {
  Entry entry("gc_GetParm");
  if (lineOf(entry, linedev) == nullptr || value == nullptr) return -1;
  value->wide = 0;
  return 0;
}

VENDOR_API int gc_SetEvtMsk(vlong linedev, unsigned long mask, int action) {
  Entry entry("gc_SetEvtMsk");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  if (action < 1 || action > 3) return engine().gc->fail(EGC_INVPARM, "Bad action");
  const auto bits = static_cast<unsigned>(mask);
  if (action == 1) line->mask = bits;
  if (action == 2) line->mask |= bits;
  if (action == 3) line->mask &= ~bits;
  return 0;
}

VENDOR_API int gc_SetUserInfo(int, vlong, GcParmBlk* parms, int duration) {
  Entry entry("gc_SetUserInfo");
  if (!entry.ready() || !engine().gc->check()) return -1;
  return parms != nullptr && duration >= 0 && duration <= 1 ? 0
                                                            : engine().gc->fail(EGC_INVPARM, "Bad parameter");
}

VENDOR_API int gc_SetChanState(vlong linedev, int, unsigned long mode) {
  Entry entry("gc_SetChanState");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  engine().after(40, &line->device, [line] { line->tell(GCEV_SETCHANSTATE, nullptr); });
  return finish(entry, 0, mode, *line, {GCEV_SETCHANSTATE, GCEV_TASKFAIL});
}

// ---- hold and transfer

VENDOR_API int gc_HoldCall(vlong crn, unsigned long mode) {
  Entry entry("gc_HoldCall");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GcLine& line = *call->line;
  return finish(entry, line.hold(*call, true), mode, line, {GCEV_HOLDACK, GCEV_HOLDREJ, GCEV_TASKFAIL});
}

VENDOR_API int gc_RetrieveCall(vlong crn, unsigned long mode) {
  Entry entry("gc_RetrieveCall");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GcLine& line = *call->line;
  return finish(entry, line.hold(*call, false), mode, line,
                {GCEV_RETRIEVEACK, GCEV_RETRIEVEREJ, GCEV_TASKFAIL});
}

VENDOR_API int gc_BlindTransfer(vlong crn, char* number, GcMakeCallBlk* block, int, unsigned long mode) {
  Entry entry("gc_BlindTransfer");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GcLine& line = *call->line;
  return finish(entry, line.blindTransfer(*call, dialled(number, block)), mode, line,
                {GCEV_BLINDTRANSFER, GCEV_TASKFAIL});
}

VENDOR_API int gc_SetupTransfer(vlong crn, vlong* consultation, unsigned long mode) {
  Entry entry("gc_SetupTransfer");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  if (consultation == nullptr) return engine().gc->fail(EGC_INVPARM, "No place for the CRN");
  GcLine& line = *call->line;
  return finish(entry, line.setupTransfer(*call, consultation), mode, line,
                {GCEV_SETUPTRANSFER, GCEV_TASKFAIL});
}

VENDOR_API int gc_CompleteTransfer(vlong held, vlong consultation, unsigned long mode) {
  Entry entry("gc_CompleteTransfer");
  GcCall* first = callOf(entry, held);
  GcCall* second = callOf(entry, consultation);
  if (first == nullptr || second == nullptr) return -1;
  GcLine& line = *first->line;
  return finish(entry, line.completeTransfer(*first, *second), mode, line,
                {GCEV_COMPLETETRANSFER, GCEV_TASKFAIL});
}

VENDOR_API int gc_SwapHold(vlong active, vlong held, unsigned long mode) {
  Entry entry("gc_SwapHold");
  GcCall* first = callOf(entry, active);
  GcCall* second = callOf(entry, held);
  if (first == nullptr || second == nullptr) return -1;
  GcLine& line = *first->line;
  return finish(entry, line.swapHold(*first, *second), mode, line, {GCEV_SWAPHOLD, GCEV_TASKFAIL});
}

VENDOR_API int gc_InvokeXfer(vlong crn, vlong second, char* number, GcMakeCallBlk* block, int,
                             unsigned long mode) {
  Entry entry("gc_InvokeXfer");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GcCall* other = second != 0 ? callOf(entry, second) : nullptr;
  if (second != 0 && other == nullptr) return -1;
  GcLine& line = *call->line;
  return finish(entry, line.invokeTransfer(*call, other, dialled(number, block)), mode, line,
                {GCEV_INVOKE_XFER, GCEV_INVOKE_XFER_FAIL, GCEV_INVOKE_XFER_REJ, GCEV_TASKFAIL});
}

// Two B-channel transfer: a FACILITY on one call that names the reference of the other; the switch joins the
// far ends and clears both. The information elements are at the second pointer of the block: a 16-bit length,
// bytes.
VENDOR_API int gc_SndMsg(vlong, vlong crn, int type, void** block) {
  Entry entry("gc_SndMsg");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GlobalCall& gc = *engine().gc;
  constexpr int kFacility = 0x62;  // Q.931
  if (block == nullptr || block[1] == nullptr) return gc.fail(EGC_INVPARM, "No information elements");
  if (type != kFacility) return 0;
  const auto* bytes = static_cast<const uint8_t*>(block[1]);
  uint16_t length = 0;
  std::memcpy(&length, bytes, sizeof length);
  GcCall* other = nullptr;
  for (GcCall& each : gc.calls()) {
    if (each.released || &each == call || each.state != GCST_CONNECTED) continue;
    const int reference = static_cast<int>(each.crn & 0x7FFF);
    for (int i = 0; i + 1 < length; ++i) {
      if (bytes[2 + i] == reference >> 8 && bytes[3 + i] == (reference & 0xFF)) other = &each;
    }
  }
  const bool ready = other != nullptr && call->state == GCST_CONNECTED &&
                     call->line->network->kind == board::TrunkKind::kIsdn &&
                     other->line->network->kind == board::TrunkKind::kIsdn;
  GcLine& line = *call->line;
  if (!ready) {
    engine().after(100, call, [&line, call] { line.tell(GCEV_FACILITY_REJ, call, GCRV_REJECT); });
    return 0;
  }
  engine().after(100, call, [&line, call] { line.tell(GCEV_FACILITY_ACK, call); });
  for (GcCall* each : {call, other}) {
    engine().after(200, each, [each] { each->line->transferredAway(*each); });
  }
  return 0;
}

VENDOR_API int gc_Extension(int, vlong, unsigned char, GcParmBlk*, GcParmBlk**, unsigned long) {
  Entry entry("gc_Extension");
  return entry.ready() ? engine().gc->fail(EGC_UNSUPPORTED, "No such extension") : -1;
}

VENDOR_API int gc_SetCallProgressParm(vlong linedev, DxCap* cap) {
  Entry entry("gc_SetCallProgressParm");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  if (cap == nullptr) return engine().gc->fail(EGC_INVPARM, "No DX_CAP");
  // The sums that match each ca_intflg.
  constexpr int kModes[] = {0x7, 0x7, 0x3, 0x7, 0x300, 0x307, 0x307, 0x700, 0x707};
  if (cap->intflg < std::size(kModes)) line->analysis.mode = kModes[cap->intflg];
  if (cap->noanswer != 0) line->analysis.noAnswer = cap->noanswer;
  if (cap->cnosig != 0) line->analysis.noSignal = cap->cnosig;
  if (cap->pamdFailtime != 0) line->analysis.failure = cap->pamdFailtime;
  if (cap->pamdSpdval != 0) line->analysis.speed = cap->pamdSpdval;
  return 0;
}

VENDOR_API int gc_GetNetCRV(vlong crn, int* reference) {
  Entry entry("gc_GetNetCRV");
  const GcCall* call = callOf(entry, crn);
  if (call == nullptr || reference == nullptr) return -1;
  *reference = static_cast<int>(crn & 0x7FFF);
  return 0;
}

// ---- alarms

VENDOR_API int gc_SetAlarmNotifyAll(vlong linedev, vlong, vlong value) {
  Entry entry("gc_SetAlarmNotifyAll");
  GcLine* line = lineOf(entry, linedev);
  if (line == nullptr) return -1;
  line->alarmsNotified = value != 0;
  return 0;
}

VENDOR_API int gc_SetAlarmFlow(vlong linedev, vlong, vlong flow) {
  Entry entry("gc_SetAlarmFlow");
  if (lineOf(entry, linedev) == nullptr) return -1;
  return flow >= 0 && flow <= 3 ? 0 : engine().gc->fail(EGC_INVPARM, "Bad flow");
}

VENDOR_API int gc_AlarmNumber(MetaEvent* meta, vlong* number) {
  Entry entry("gc_AlarmNumber");
  const Event* event = entry.ready() ? eventOf(meta) : nullptr;
  if (event == nullptr || number == nullptr) return -1;
  *number = event->part.gcValue & 0xF;
  return 0;
}

VENDOR_API int gc_AlarmName(MetaEvent* meta, char** name) {
  static char text[] = "Alarm of the span";
  Entry entry("gc_AlarmName");
  if (!entry.ready() || eventOf(meta) == nullptr || name == nullptr) return -1;
  *name = text;
  return 0;
}

VENDOR_API int gc_AlarmSourceObjectID(MetaEvent* meta, vlong* source) {
  Entry entry("gc_AlarmSourceObjectID");
  if (!entry.ready() || eventOf(meta) == nullptr || source == nullptr) return -1;
  *source = 1;
  return 0;
}

VENDOR_API int gc_SetAlarmConfiguration(vlong linedev, vlong, void* list, vlong) {
  Entry entry("gc_SetAlarmConfiguration");
  if (lineOf(entry, linedev) == nullptr) return -1;
  return list != nullptr ? 0 : engine().gc->fail(EGC_INVPARM, "No list");
}

VENDOR_API int gc_StartTrace(vlong linedev, char*) {
  Entry entry("gc_StartTrace");
  return lineOf(entry, linedev) != nullptr ? 0 : -1;
}

VENDOR_API int gc_StopTrace(vlong linedev) {
  Entry entry("gc_StopTrace");
  return lineOf(entry, linedev) != nullptr ? 0 : -1;
}
