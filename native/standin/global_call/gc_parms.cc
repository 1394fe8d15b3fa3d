// Parameter blocks of Global Call (gc_util_...), and what the stand-in reads from them.
#include <cstdlib>
#include <cstring>

#include "standin/global_call/gc_parms.h"
#include "standin/global_call/global_call.h"

using namespace standin;

namespace {

// A block is two bytes of size and that many of parameters. It moves when it grows.
int append(GcParmBlk** block, unsigned set, unsigned parm, unsigned size, const void* data) {
  Entry entry("gc_util_insert_parm");
  if (!entry.ready()) return -1;
  GlobalCall& gc = *engine().gc;
  if (block == nullptr || size == 0 || size > 255 || data == nullptr)
    return gc.fail(EGC_INVPARM, "Bad parameter");
  if (*block != nullptr && !gc.blocks.contains(*block)) {
    engine().misuse.count("unknown_parm_block", "gc_util_insert_parm");
    return gc.fail(EGC_INVPARM, "Not a parameter block");
  }
  const size_t had = *block != nullptr ? (*block)->size : 0;
  const size_t added = offsetof(GcParmData, value) + size;
  auto* grown = static_cast<GcParmBlk*>(std::malloc(2 + had + added));
  if (*block != nullptr) {
    std::memcpy(grown, *block, 2 + had);
    // The old address holds undefined bytes from now on.
    std::memset(*block, 0xDB, 2 + had);
    gc.blocks.erase(*block);
    std::free(*block);
  }
  grown->size = static_cast<uint16_t>(had + added);
  uint8_t* at = reinterpret_cast<uint8_t*>(grown) + 2 + had;
  const uint16_t head[2] = {static_cast<uint16_t>(set), static_cast<uint16_t>(parm)};
  std::memcpy(at, head, sizeof head);
  at[4] = static_cast<uint8_t>(size);
  std::memcpy(at + 5, data, size);
  gc.blocks[grown] = had + added;
  *block = grown;
  return 0;
}

}  // namespace

GcParmData* standin::nextParm(const GcParmBlk* block, const GcParmData* before) {
  if (block == nullptr) return nullptr;
  auto* bytes = reinterpret_cast<const uint8_t*>(block);
  const uint8_t* at = bytes + 2;
  if (before != nullptr) at = reinterpret_cast<const uint8_t*>(before) + 5 + before->size;
  const uint8_t* end = bytes + 2 + block->size;
  if (at + 5 > end || at < bytes + 2) return nullptr;
  auto* parm = reinterpret_cast<const GcParmData*>(at);
  if (at + 5 + parm->size > end) return nullptr;
  return const_cast<GcParmData*>(parm);
}

CallAnalysis standin::readAnalysis(const GcParmBlk* block) {
  CallAnalysis analysis;
  for (GcParmData* parm = nextParm(block, nullptr); parm != nullptr; parm = nextParm(block, parm)) {
    if (parm->set != kCallAnalysisSet) continue;
    if (parm->size != 4) {
      engine().misuse.count("analysis_parm_size", "parameter " + std::to_string(parm->parm) + " of " +
                                                      std::to_string(parm->size) + " bytes");
      continue;
    }
    int value = 0;
    std::memcpy(&value, parm->value, sizeof value);
    switch (parm->parm) {
      case 1:
        analysis.mode = value;
        break;
      case 2:
        analysis.speed = value;
        break;
      case 7:
        analysis.noAnswer = value;
        break;
      case 8:
        analysis.noSignal = value;
        break;
      case 9:
        analysis.failure = value;
        break;
      case 3:
      case 4:
      case 5:
      case 6:
      case 10:
      case 11:
        break;
      default:
        engine().misuse.count("unknown_analysis_parm", std::to_string(parm->parm));
    }
  }
  return analysis;
}

VENDOR_API int gc_util_insert_parm_val(GcParmBlk** block, unsigned short set, unsigned short parm,
                                       unsigned char size, vulong value) {
  if (size != 1 && size != 2 && size != 4 && size != sizeof value) return -1;
  return append(block, set, parm, size, &value);
}

VENDOR_API int gc_util_insert_parm_ref(GcParmBlk** block, unsigned short set, unsigned short parm,
                                       unsigned char size, void* data) {
  return append(block, set, parm, size, data);
}

VENDOR_API int gc_util_insert_parm_ref_ex(GcParmBlk** block, vulong set, vulong parm, vulong size,
                                          void* data) {
  return append(block, static_cast<unsigned>(set), static_cast<unsigned>(parm), static_cast<unsigned>(size),
                data);
}

VENDOR_API GcParmData* gc_util_next_parm(GcParmBlk* block, GcParmData* before) {
  Entry entry("gc_util_next_parm");
  return nextParm(block, before);
}

VENDOR_API GcParmData* gc_util_find_parm(GcParmBlk* block, unsigned short set, unsigned short parm) {
  Entry entry("gc_util_find_parm");
  for (GcParmData* each = nextParm(block, nullptr); each != nullptr; each = nextParm(block, each)) {
    if (each->set == set && each->parm == parm) return each;
  }
  return nullptr;
}

VENDOR_API void gc_util_delete_parm_blk(GcParmBlk* block) {
  Entry entry("gc_util_delete_parm_blk");
  if (!entry.ready() || block == nullptr) return;
  GlobalCall& gc = *engine().gc;
  if (gc.blocks.erase(block) == 0) {
    engine().misuse.count("unknown_parm_block", "gc_util_delete_parm_blk");
    return;
  }
  std::memset(block, 0xDB, 2);
  std::free(block);
}

VENDOR_API int gc_util_copy_parm_blk(GcParmBlk** to, GcParmBlk* from) {
  if (to == nullptr || from == nullptr) return -1;
  *to = nullptr;
  for (GcParmData* each = nextParm(from, nullptr); each != nullptr; each = nextParm(from, each)) {
    if (append(to, each->set, each->parm, each->size, each->value) != 0) return -1;
  }
  return 0;
}
