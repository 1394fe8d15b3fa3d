import { describe, expect, it } from 'vitest';
import { channelWarning } from '../../../src/domain/recorded-channels.ts';

describe('a recording with several channels', () => {
  it('is warned of where both were mixed that should not be', () => {
    const differ = { channels: 2, channelsAre: 'different' } as const;
    const cancel = { channels: 2, channelsAre: 'opposed' } as const;
    expect(channelWarning(differ, 'both')).toMatchObject({ code: 'CHANNELS_DIFFER' });
    expect(channelWarning(cancel, 'both')).toMatchObject({ code: 'CHANNELS_CANCEL' });
    expect(channelWarning(differ, 'left')).toBeNull();
    expect(channelWarning(cancel, 'right')).toBeNull();
    expect(channelWarning({ channels: 2, channelsAre: 'alike' }, 'both')).toBeNull();
  });
});
