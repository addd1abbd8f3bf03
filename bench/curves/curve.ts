import type { Workbench } from '../lib/workbench.ts'

/** One figure over what grows. */
export interface Series {
  readonly name: string
  readonly points: readonly Point[]
}

/** Where a line passes. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Figures with the same unit, drawn into one frame. */
export interface Panel {
  readonly title: string
  readonly unit: string
  readonly series: readonly Series[]
}

/** How cost grows with one thing. */
export interface Curve {
  readonly name: string
  readonly title: string
  /** What grows. */
  readonly over: string
  /** One sentence that says what was done. */
  readonly method: string
  readonly panels: readonly Panel[]
}

/** A curve that could not be measured here. */
export interface SkippedCurve {
  readonly name: string
  readonly title: string
  readonly skipped: string
}

/** What a curve works with. */
export interface CurveContext extends Workbench {
  /** Fewer points, and shorter ones. */
  readonly quick: boolean
  /** Of each point. */
  readonly seconds: number
}

/** How one curve is measured. */
export interface CurvePlan {
  readonly name: string
  readonly title: string
  run(context: CurveContext): Promise<Omit<Curve, 'name' | 'title'> | { readonly skipped: string }>
}

/** Powers of two up to `most`, or every other one of them. */
export const doublings = (most: number, quick: boolean): readonly number[] => {
  const all = Array.from({ length: Math.log2(most) + 1 }, (_, power) => 2 ** power)
  return quick ? all.filter((_, index) => index % 3 === 0 || index === all.length - 1) : all
}

/** Collects points of named lines while a curve is measured. */
export const createLines = () => {
  const lines = new Map<string, Point[]>()
  return {
    add: (name: string, x: number, y: number): void => {
      const points = lines.get(name) ?? []
      points.push({ x, y: Number(y.toPrecision(4)) })
      lines.set(name, points)
    },
    /** The lines with these names, those without points left out; `as` renames one for the legend. */
    series: (...names: readonly (string | readonly [name: string, as: string])[]): readonly Series[] =>
      names.flatMap((entry) => {
        const [name, as] = typeof entry === 'string' ? [entry, entry] : entry
        const points = lines.get(name)
        return points === undefined ? [] : [{ name: as, points }]
      }),
  }
}
