// Functions of Global Call: configuration, hold and transfer, alarms.
#include <algorithm>
#include <cstring>

#include "standin/engine/world.h"
#include "standin/global_call/gc_entry.h"
#include "standin/global_call/gc_parms.h"
#include "standin/voice/voice_channel.h"

using namespace standin;

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
// bytes. The switch wants the element, the invocation of the transfer, and a number of two bytes.
VENDOR_API int gc_SndMsg(vlong, vlong crn, int type, void** block) {
  Entry entry("gc_SndMsg");
  GcCall* call = callOf(entry, crn);
  if (call == nullptr) return -1;
  GlobalCall& gc = *engine().gc;
  constexpr int kFacility = 0x08, kShortest = 23;
  if (block == nullptr || block[1] == nullptr) return gc.fail(EGC_INVPARM, "No information elements");
  if (type != kFacility) return 0;
  const auto* bytes = static_cast<const uint8_t*>(block[1]);
  uint16_t length = 0;
  std::memcpy(&length, bytes, sizeof length);
  bytes += sizeof length;
  if (length < kShortest || bytes[0] != 0x1C || bytes[1] != length - 2)
    return gc.fail(EGC_INVPARM, "No FACILITY element, or not of its length");
  static constexpr uint8_t kTransfer[] = {0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x15,
                                          0x00, 0x08, 0x30, 0x04, 0x02, 0x02};
  const uint8_t* const end = bytes + length;
  const uint8_t* const found = std::search(bytes, end, std::begin(kTransfer), std::end(kTransfer));
  const bool asked = end - found == std::ssize(kTransfer) + 2;
  const int named = asked ? found[std::ssize(kTransfer)] << 8 | found[std::ssize(kTransfer) + 1] : -1;
  GcCall* other = nullptr;
  for (GcCall& each : gc.calls()) {
    if (each.released || &each == call || each.state != GCST_CONNECTED) continue;
    if (named == static_cast<int>(each.crn & 0x7FFF)) other = &each;
  }
  return call->line->twoChannelTransfer(*call, other);
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
