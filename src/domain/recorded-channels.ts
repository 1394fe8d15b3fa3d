/** Which channel of a recording with several is heard; `both`: all of them, mixed. */
export const wavChannels = ['both', 'left', 'right'] as const;
export type WavChannel = (typeof wavChannels)[number];

/** A recording's channels. */
export interface RecordedChannels {
  channels: number;
  /** What the first two are to each other: `different`, perhaps one party each; `opposed`, they cancel when mixed. */
  channelsAre: 'alike' | 'different' | 'opposed';
}

export interface ChannelWarning {
  code: 'CHANNELS_DIFFER' | 'CHANNELS_CANCEL';
  message: string;
}

/** A recording with its warning. */
export interface WarnedFile extends ChannelWarning {
  file: string;
}

/** What is wrong with having heard these channels mixed; null: nothing. */
export function channelWarning(
  { channels, channelsAre }: RecordedChannels,
  heard: WavChannel,
): ChannelWarning | null {
  if (heard !== 'both' || channelsAre === 'alike') return null;
  const what =
    channelsAre === 'different'
      ? `its ${channels} channels differ (one party each?) and were mixed`
      : 'its channels are the inverse of each other and cancel when mixed';
  return {
    code: channelsAre === 'different' ? 'CHANNELS_DIFFER' : 'CHANNELS_CANCEL',
    message: `${what}: hear one of them with --channel left or right`,
  };
}
