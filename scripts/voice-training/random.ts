export * from '../../src/eval/line/random.ts';
