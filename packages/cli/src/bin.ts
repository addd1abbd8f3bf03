import { runProcess } from './terminal/run-process.ts'

await runProcess()
