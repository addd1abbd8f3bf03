import type { Rounds } from '../lib/measure.ts'
import { round } from '../lib/spread.ts'
import type { Workbench } from '../lib/workbench.ts'
import type { Finding, Part } from '../report/finding.ts'
import type { TargetId } from '../report/targets.ts'
import { hasNginx, startNginx } from '../variants/nginx.ts'
import type { Variant } from '../variants/variant.ts'

/** What a scenario works with. */
export interface ScenarioContext extends Workbench {
  readonly rounds: Rounds
  readonly quick: boolean
  /** Whether Portkey takes part. */
  readonly portkey: boolean
  /** Absent = no soak. */
  readonly soakSeconds?: number
  /** What earlier scenarios of this run found. */
  readonly found: (target: TargetId) => number | undefined
}

/** One group of targets that are measured together. */
export interface Scenario {
  readonly name: string
  readonly targets: readonly TargetId[]
  run(context: ScenarioContext): Promise<readonly Finding[]>
}

/** Runs `work` with variants, and stops them however it ends. */
export const withVariants = async <V extends Variant, R>(
  variants: readonly V[],
  work: (variants: readonly V[]) => Promise<R>,
): Promise<R> => {
  try {
    return await work(variants)
  } finally {
    for (const variant of variants) await variant.stop()
  }
}

/** nginx, where it is installed. */
export const nginxIfAny = async ({ mockPort, folder }: ScenarioContext): Promise<readonly Variant[]> =>
  hasNginx() ? [await startNginx(mockPort, folder)] : []

/** Why there is nothing to compare with. */
export const noNginx = 'nginx is not installed: apt-get install nginx-light'

/** A named number, rounded. */
export const part = (name: string, value: number, unit: string): Part => ({ name, value: round(value), unit })
