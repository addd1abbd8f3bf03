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
]
