// Causes of the network as results of Global Call and as SIP responses.
#include "standin/global_call/gc_numbers.h"
#include "standin/global_call/global_call.h"

namespace standin {

int resultOfCause(int cause) {
  switch (cause) {
    case 1:
    case 28:
      return GCRV_UNALLOCATED;
    case 17:
      return GCRV_BUSY;
    case 18:
    case 19:
      return GCRV_NOANSWER;
    case 21:
      return GCRV_REJECT;
    case 27:
    case 2:
    case 3:
      return GCRV_NOT_INSERVICE;
    case 34:
    case 38:
    case 41:
    case 42:
    case 44:
    case 47:
      return GCRV_CONGESTION;
    case -1:
    case 16:
    case 31:
      return GCRV_NORMAL;
    default:
      return GCRV_CCLIBSPECIFIC;
  }
}

int sipStatusOfCause(int cause) {
  switch (cause) {
    case 1:
    case 2:
    case 3:
      return 404;
    case 17:
      return 486;
    case 18:
      return 408;
    case 19:
      return 480;
    case 21:
      return 603;
    case 27:
      return 502;
    case 28:
      return 484;
    case -1:
    case 16:
    case 31:
      return 0;
    default:
      return 503;
  }
}

}  // namespace standin
