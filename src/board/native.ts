import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { CodedError, errorCodes, type ErrorCode } from '../domain/errors.ts';
import type { NativeAddon } from './native-addon.ts';

/**
 * Tells the service manager, e.g. `READY=1` or `WATCHDOG=1`, by the protocol of sd_notify(3).
 *
 * @returns false where there is no service manager (NOTIFY_SOCKET unset)
 * @throws CodedError BAD_CONFIG if it cannot be reached
 */
export function sdNotify(state: string): boolean {
  const socket = process.env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return false;
  try {
    loadNative().sdNotify(socket, state);
    return true;
  } catch (error) {
    throw coded(error, 'NOTIFY_SOCKET', socket);
  }
}

/** Version of the native addon. */
export function nativeVersion(): string {
  return loadNative().version();
}

/** Version of the detector with a hash of its sources: another one may hear other things in the same call. */
export function detectorVersion(): string {
  return loadNative().detectorVersion();
}

/** Makes a CodedError of what the addon threw; other errors are our own mistakes and pass as they are. */
export function coded(error: unknown, field: string, found?: unknown, expected?: string): unknown {
  if (error instanceof CodedError || !(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(errorCodes, code)) return error;
  return new CodedError(code as ErrorCode, `${field}: ${error.message}`, {
    field,
    ...(found === undefined ? {} : { found }),
    expected: expected ?? error.message,
    cause: error,
  });
}

/**
 * The addon, loaded once per environment.
 *
 * @throws CodedError NOT_SUPPORTED if it has not been built, or not for this machine
 */
export function loadNative(): NativeAddon {
  loaded ??= requireAddon();
  return loaded;
}

let loaded: NativeAddon | undefined;

function requireAddon(): NativeAddon {
  // The same place seen from src/board and from dist/board.
  const path = fileURLToPath(new URL('../../build/Release/cpd.node', import.meta.url));
  try {
    return createRequire(import.meta.url)(path) as NativeAddon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw new CodedError('NOT_SUPPORTED', `the native addon cannot be loaded: ${reason}`, {
      field: path,
      expected: 'an addon built with: npm run build:addon (needs python3, make and g++)',
      cause,
    });
  }
}
