import {
  Histogram,
  type HistogramConfiguration,
  type MetricObjectWithValues,
  type MetricValueWithName,
} from 'prom-client'

interface Series {
  readonly label: string
  /** By upper bound, each bucket for itself; the last is beyond all bounds. */
  readonly counts: number[]
  sum: number
  count: number
}

type Read = MetricObjectWithValues<MetricValueWithName<string>>

/**
 * A histogram with one label at most, for what every call is measured by. prom-client's own makes, checks and joins the labels
 * of every sample, which takes longer than counting it; here that happens when somebody reads.
 */
export class QuickHistogram extends Histogram<string> {
  readonly #described: { readonly name: string; readonly help: string }
  readonly #labelName: string | undefined
  readonly #bounds: readonly number[]
  readonly #series = new Map<string, Series>()

  constructor(
    configuration: HistogramConfiguration<string> & { readonly buckets: number[]; readonly labelNames?: [string] | [] },
  ) {
    super(configuration)
    this.#described = configuration
    this.#labelName = configuration.labelNames?.[0]
    this.#bounds = configuration.buckets
    // Without a label there is one series, and it is there from the start.
    if (this.#labelName === undefined) this.#seriesOf('')
  }

  /** Counts a sample. @param label its label's value, where the histogram has one. */
  record(sample: number, label = ''): void {
    const series = this.#series.get(label) ?? this.#seriesOf(label)
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && sample > (bounds[bucket] as number)) bucket++
    series.counts[bucket] = (series.counts[bucket] as number) + 1
    series.sum += sample
    series.count++
  }

  override async get(): Promise<Read> {
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series))
    const { name, help } = this.#described
    // prom-client's own returns the type as text, which its typings call a number.
    return { name, help, type: 'histogram', aggregator: 'sum', values } as unknown as Read
  }

  /** What prom-client asks instead of {@link QuickHistogram.get} for its text format. */
  getForPromString(): Promise<Read> {
    return this.get()
  }

  override reset(): void {
    // The constructor above this one resets before there is anything.
    if (!(#series in this)) return
    for (const series of this.#series.values()) {
      series.counts.fill(0)
      series.sum = 0
      series.count = 0
    }
  }

  #seriesOf(label: string): Series {
    const series: Series = { label, counts: new Array(this.#bounds.length + 1).fill(0), sum: 0, count: 0 }
    this.#series.set(label, series)
    return series
  }

  #valuesOf({ label, counts, sum, count }: Series): readonly MetricValueWithName<string>[] {
    const { name } = this.#described
    const labels = this.#labelName === undefined ? {} : { [this.#labelName]: label }
    let below = 0
    const buckets = this.#bounds.map((le, index) => {
      below += counts[index] as number
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below }
    })
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  }
}
