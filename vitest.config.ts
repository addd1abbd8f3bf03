import { defineConfig } from 'vitest/config'
import projects from './vitest.workspace.ts'

// vitest >= 4 ignores `vitest.workspace.ts` silently, so the project list is handed over here.
export default defineConfig({ test: { projects, maxWorkers: 2 } })
