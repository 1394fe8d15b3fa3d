// The functions that libgc.so exports: attributes of calls and lines, resources, and the bus.
#include <algorithm>
#include <cstring>

#include "standin/engine/world.h"
#include "standin/global_call/gc_entry.h"
#include "standin/voice/voice_channel.h"

using namespace standin;

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
