// The functions that libgc.so exports: start, calls, events, resources. Configuration, transfers and alarms
// are in gc_more_api.cc, parameter blocks in gc_parms.cc.
#include <algorithm>
#include <cstring>

#include "gc_entry.h"
#include "gc_parms.h"
#include "voice_channel.h"
#include "world.h"

using namespace standin;

namespace {

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
