// The functions that libgc.so exports: start, calls, events and errors. Attributes and resources are in
// gc_attributes.cc, configuration, transfers and alarms in gc_more_api.cc, parameter blocks in gc_parms.cc.
#include <algorithm>
#include <cstring>

#include "standin/engine/world.h"
#include "standin/global_call/gc_entry.h"
#include "standin/global_call/gc_parms.h"
#include "standin/voice/voice_channel.h"

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
