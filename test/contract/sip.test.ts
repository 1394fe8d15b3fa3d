import { describe, it } from 'vitest';
import { hasSipStandin, openSipSetup } from '../support/board/sip.ts';
import { boardContract } from './board-contract.ts';

/** The SIP board over real SIP and RTP on loopback, against the stand-in exchange. */
const name = 'SIP trunk, libre';

if (hasSipStandin()) boardContract(name, () => openSipSetup());
else describe(`board contract: ${name}`, () => it.skip('the stand-in exchange is not built'));
