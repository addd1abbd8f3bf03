import type { Mutant } from '../../mutants/mutant.ts'
import { judgeMutant, type Verdict } from './judge-mutant.ts'
import type { TestRun } from './run-test-file.ts'
import { createScratchTree, type ScratchTree } from './scratch-tree.ts'

/** What to judge. `root` is copied and never written to. */
export interface MutantRun {
  readonly root: string
  readonly mutants: readonly Mutant[]
  /** How many are tried at once, each in a tree of its own. Default 2. */
  readonly lanes?: number
  /** Milliseconds that one run of a test file may take. Default 120 s. */
  readonly timeoutMs?: number
  readonly onVerdict?: (verdict: Verdict) => void
}

/** Tries each mutant in a copy of the tree, several at once; verdicts come in the order of the mutants' test files. */
export const judgeMutants = async (run: MutantRun): Promise<readonly Verdict[]> => {
  const { root, mutants, lanes = 2, timeoutMs = 120_000, onVerdict } = run
  // Those of one test file together, so that lanes wait for each other's run without a mutant as rarely as possible.
  const queue = [...mutants].sort((a, b) => a.test.localeCompare(b.test))
  const verdicts = new Map<Mutant, Verdict>()
  const runs = new Map<string, Promise<TestRun>>()
  const trees: ScratchTree[] = []
  const removeTrees = (): void => {
    for (const tree of trees) tree.remove()
  }
  process.once('exit', removeTrees)
  const takeTurns = async (tree: ScratchTree): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const verdict = await judgeMutant({ root: tree.root, runs, timeoutMs }, mutant)
      verdicts.set(mutant, verdict)
      onVerdict?.(verdict)
    }
  }
  try {
    for (let lane = 0; lane < Math.min(lanes, mutants.length); lane += 1) trees.push(createScratchTree(root))
    await Promise.all(trees.map(takeTurns))
  } finally {
    process.removeListener('exit', removeTrees)
    removeTrees()
  }
  return [...verdicts.values()]
}
