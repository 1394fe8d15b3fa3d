// The analysis of a call that Global Call makes: what is listened for, and what it says of the call.
#include <memory>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/global_call/gc_numbers.h"
#include "standin/global_call/global_call.h"
#include "standin/voice/voice_numbers.h"

namespace standin {

void GcLine::startAnalysis(GcCall& call, const CallAnalysis& given) {
  const auto pick = [](int first, int second, int otherwise) {
    return first >= 0 ? first : second >= 0 ? second : otherwise;
  };
  // With a voice device attached the library turns on what belongs before the connect, whatever the board
  // says.
  const int mode = pick(given.mode, analysis.mode, voice != nullptr ? 0x7 : 0);
  const bool after = (mode & 0x700) != 0 && voice != nullptr;
  call.connectType = after ? 6 : 0;  // GCCT_INPROGRESS, GCCT_NOTENABLED
  if ((mode & 0x7) == 0 && !after) return;
  CpaSettings s;
  s.busy = (mode & 0x1) != 0;
  s.ringing = (mode & 0x2) != 0;
  s.sit = (mode & 0x4) != 0;
  s.fax = (mode & 0x100) != 0;
  s.pvd = (mode & 0x600) != 0;
  s.pamd = (mode & 0x400) != 0;
  s.answerPhase = after;
  s.quick = pick(given.speed, analysis.speed, 3) == 2;
  s.noAnswerMs = pick(given.noAnswer, analysis.noAnswer, 3000) * 10.0;
  s.noSignalMs = pick(given.noSignal, analysis.noSignal, 4000) * 10.0;
  s.failMs = pick(given.failure, analysis.failure, 400) * 10.0;
  s.frequencyIds = true;
  call.cpa = std::make_unique<Cpa>(engine, engine.world->tones, *network, s,
                                   [this, &call](const CpaResult& result) { analysed(call, result); });
}

void GcLine::analysed(GcCall& call, const CpaResult& r) {
  if (call.state == GCST_CONNECTED) {
    if (r.result == CR_CNCT) call.connectType = r.connType;
    if (r.result == CR_FAXTONE) call.connectType = r.tone == TID_FAX1 ? 9 : 10;
    if (r.result != CR_CNCT && r.result != CR_FAXTONE) call.connectType = 8;  // GCCT_UNKNOWN
    return tell(GCEV_MEDIADETECTED, &call);
  }
  if (call.state == GCST_IDLE || call.state == GCST_DISCONNECTED || call.dropping) return;
  int result = GCRV_NORB;
  switch (r.result) {
    case CR_BUSY:
      result = GCRV_BUSY;
      break;
    case CR_NOANS:
      result = GCRV_NOANSWER;
      break;
    case CR_CEPT:
      result = r.tone == TID_SIT_VC                           ? GCRV_UNALLOCATED
               : r.tone == TID_SIT_NC || r.tone == TID_SIT_RO ? GCRV_CONGESTION
               : r.tone == TID_SIT_NC_INTERLATA               ? GCRV_NO_CIRCUIT_INTERLATA
               : r.tone == TID_SIT_RO_INTERLATA               ? GCRV_REORDER_INTERLATA
               : r.tone == TID_SIT_IO                         ? GCRV_INEFFECTIVE_OTHER
               : r.tone == TID_SIT_ANY                        ? GCRV_SIT_UNKNOWN
                                                              : GCRV_CEPT;
      break;
    case CR_CNCT:
      return;  // heard before the answer signal: it waits for it
    default:
      break;
  }
  disconnected(call, result, 0, "Call analysis");
}

}  // namespace standin
