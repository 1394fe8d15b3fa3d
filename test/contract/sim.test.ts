import { openSimSetup } from '../support/board/sim.ts';
import { boardContract } from './board-contract.ts';

boardContract('simulated, ISDN trunk', () => openSimSetup('isdn'));
boardContract('simulated, SIP trunk', () => openSimSetup('sip'));
boardContract('simulated, analog trunk', () => openSimSetup('analog'));
boardContract('simulated in a board host, ISDN trunk', () => openSimSetup('isdn', 'process'));
