/** The lines of `npm run eval -- DIR --vary`, for the training calls too. */
export * from '../../src/eval/line.ts';
