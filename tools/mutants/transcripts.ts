import type { Mutant } from './mutant.ts'

/** Rules of the replay of recorded exchanges. */
export const mutants: readonly Mutant[] = [
  {
    rule: "the step encoder takes the compressor's output while a step is compressed",
    file: 'packages/testkit/src/content-encoding.ts',
    find: "compressor.on('readable', take)",
    replace: '',
    test: 'packages/testkit/src/content-encoding.test.ts',
    testName: 'gzip after each step, everything so far can be read',
  },
  {
    rule: 'the step encoder hands over what is left after the flush',
    file: 'packages/testkit/src/content-encoding.ts',
    find: `    take()
    const whole`,
    replace: '    const whole',
    test: 'packages/testkit/src/content-encoding.test.ts',
    testName: 'gzip after each step, everything so far can be read',
  },
  {
    rule: 'hidden thoughts of a recorded answer are counted',
    file: 'packages/wire/src/gemini-generate/read-gemini-usage.ts',
    find: "const thoughts = tokenCount(raw['thoughtsTokenCount'])",
    replace: "const thoughts = tokenCount(raw['thoughts'])",
    test: 'packages/wire/test/recorded-usage.test.ts',
    testName: 'the recordings of the repository read whole',
  },
  {
    rule: 'cached tokens of a recorded answer are counted',
    file: 'packages/wire/src/openai/read-openai-usage.ts',
    find: "either(chat['cached_tokens'], responses['cached_tokens'])",
    replace: "either(chat['cached'], responses['cached'])",
    test: 'packages/wire/test/recorded-usage.test.ts',
    testName: 'the recordings of the repository read whole',
  },
]
