import { stat } from 'node:fs/promises'
import { planTranscripts } from './plan.ts'
import { runTranscripts } from './run-transcripts.ts'
import { describeTally } from './tally.ts'

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

const main = async (args: readonly string[]): Promise<number> => {
  const [root, ...rest] = args
  if (root === undefined || rest.length > 0 || root.startsWith('-')) {
    console.error('usage: npm run transcripts -- <folder of recorded transcripts>')
    return 2
  }
  if (!(await isFolder(root))) {
    console.log(`transcripts: skipped, there is no folder ${root}`)
    return 0
  }
  const plan = await planTranscripts(root)
  if (plan.exchanges.length === 0 && plan.skipped.size === 0) {
    console.error(`transcripts: ${root} holds no <provider>/<id>/meta.json`)
    return 2
  }
  const tally = await runTranscripts(plan, process.stdout)
  console.log(describeTally(tally))
  return tally.failed === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
