import type { BenchOptions } from '../lib/options.ts'
import type { Workbench } from '../lib/workbench.ts'

/** stub */
export const runCurves = async (_w: Workbench, _o: BenchOptions): Promise<void> => undefined
