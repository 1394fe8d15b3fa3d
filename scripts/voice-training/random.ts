export * from '../../src/eval/random.ts';
