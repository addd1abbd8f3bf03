import { spawnSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { spreadOf } from './spread.ts'
import { canPin } from './start-program.ts'

/** Where the figures come from. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
  /** What the store lies on, with the median time of one small write that reaches it. */
  readonly disk: { readonly kind: string; readonly fsyncMicros: number }
  readonly pinned: boolean
  readonly nativeLoad: boolean
  readonly commit: string
}

/** Looks at this machine; `folder` is where stores will lie. */
export const describeMachine = (folder: string, nativeLoad: boolean): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  disk: { kind: diskKind(folder), fsyncMicros: measureFsync(folder) },
  pinned: canPin(),
  nativeLoad,
  commit: spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim(),
})

/** Magic numbers of statfs(2). */
const kinds: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs, which has no disk: commit times are too good',
  2035054128: 'overlayfs',
}

const diskKind = (folder: string): string => kinds[Number(statfsSync(folder).type)] ?? 'unknown'

const writes = 200

const measureFsync = (folder: string): number => {
  const path = join(folder, 'fsync-probe')
  const file = openSync(path, 'w')
  const page = Buffer.alloc(4096, 1)
  const times = Array.from({ length: writes }, () => {
    const startedAt = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return (performance.now() - startedAt) * 1000
  })
  closeSync(file)
  rmSync(path)
  return Math.round(spreadOf(times).median)
}
