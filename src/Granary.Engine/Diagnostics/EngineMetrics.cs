using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Granary.Engine.Scheduling;
using Granary.Models;

namespace Granary.Engine.Diagnostics;

/// <summary>One engine's metrics: vLLM's names under <c>granary:</c>, each with the label <c>model_name</c>. Seconds and tokens.</summary>
internal sealed class EngineMetrics : IDisposable
{
    private static readonly double[] TokenLatencyBuckets =
        [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40];

    private static readonly double[] RequestLatencyBuckets =
        [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480];

    private static readonly double[] TokenCountBuckets =
        [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000];

    private static readonly long[] StepTokenBuckets = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];

    private readonly Meter _meter = new(GranaryTelemetry.Name);
    private readonly TimeProvider _timeProvider;
    private readonly KeyValuePair<string, object?> _model;
    private readonly Counter<long> _promptTokens;
    private readonly Counter<long> _generationTokens;
    private readonly Counter<long> _success;
    private readonly Counter<long> _failures;
    private readonly Histogram<long> _iterationTokens;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _interTokenLatency;
    private readonly Histogram<double> _requestLatency;
    private readonly Histogram<double> _queueTime;
    private readonly Histogram<double> _prefillTime;
    private readonly Histogram<double> _decodeTime;
    private readonly Histogram<double> _requestPromptTokens;
    private readonly Histogram<double> _requestGenerationTokens;
    private readonly Histogram<double> _requestMaxTokens;
    private readonly Counter<long> _preemptions;
    private long _step; // of the engine's thread

    public EngineMetrics(string model, TimeProvider timeProvider, Func<EngineStatus> status)
    {
        _timeProvider = timeProvider;
        _model = new("model_name", model);
        _meter.CreateObservableGauge("granary:num_requests_running", () => new Measurement<int>(status().Running, _model), description: "Sequences that hold a slot.");
        _meter.CreateObservableGauge("granary:num_requests_waiting", () => new Measurement<int>(status().Waiting, _model), description: "Sequences that wait for a slot.");
        _promptTokens = _meter.CreateCounter<long>("granary:prompt_tokens_total", "{token}", "Prompt tokens computed.");
        _generationTokens = _meter.CreateCounter<long>("granary:generation_tokens_total", "{token}", "Tokens generated.");
        _success = _meter.CreateCounter<long>("granary:request_success_total", "{request}", "Requests finished, by finished_reason.");
        _failures = _meter.CreateCounter<long>("granary:request_failure_total", "{request}", "Requests that failed.");
        _iterationTokens = _meter.CreateHistogram(
            "granary:iteration_tokens_total", "{token}", "Tokens a step computed.", tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = StepTokenBuckets });
        _timeToFirstToken = Seconds("granary:time_to_first_token_seconds", "From arrival to the first token.", TokenLatencyBuckets);
        _interTokenLatency = Seconds("granary:inter_token_latency_seconds", "Between two tokens of a sequence.", TokenLatencyBuckets);
        _requestLatency = Seconds("granary:e2e_request_latency_seconds", "From arrival to the last token.", RequestLatencyBuckets);
        _queueTime = Seconds("granary:request_queue_time_seconds", "From arrival to a slot.", RequestLatencyBuckets);
        _prefillTime = Seconds("granary:request_prefill_time_seconds", "From a slot to the first token.", RequestLatencyBuckets);
        _decodeTime = Seconds("granary:request_decode_time_seconds", "From the first token to the last.", RequestLatencyBuckets);
        _requestPromptTokens = Tokens("granary:request_prompt_tokens", "Tokens of a request's prompt.");
        _requestGenerationTokens = Tokens("granary:request_generation_tokens", "Tokens generated for a request.");
        _requestMaxTokens = Tokens("granary:request_max_num_generation_tokens", "Tokens that a request may generate at most.");
        _preemptions = _meter.CreateCounter<long>("granary:num_preemptions_total", "{preemption}", "Sequences that lost their slot to others.");
        CreateState(status);
    }

    /// <summary>Notes that a request arrived. Called by its caller's thread, before submission.</summary>
    public void Arrived(Sequence sequence)
    {
        long now = _timeProvider.GetTimestamp();
        sequence.Times.Arrived = now;
        (sequence.Times.FirstToken, sequence.Times.LastToken) = (now, now); // of one that ran before, until it gives one here
    }

    /// <summary>Notes that a chunk of a prompt is about to be computed.</summary>
    public void PrefillStarts(Sequence sequence)
    {
        if (sequence.Times.Started == 0)
        {
            sequence.Times.Started = _timeProvider.GetTimestamp();
            sequence.Times.FirstStep = _step;
            _queueTime.Record(Elapsed(sequence.Times.Arrived, sequence.Times.Started), _model);
        }
    }

    /// <summary>Notes a token.</summary>
    public void TokenGenerated(Sequence sequence)
    {
        long now = _timeProvider.GetTimestamp();
        SequenceTimes times = sequence.Times;
        if (sequence.OutputTokens == 1)
        {
            times.FirstToken = now;
            _timeToFirstToken.Record(Elapsed(times.Arrived, now), _model);
            _prefillTime.Record(Elapsed(times.Started, now), _model);
        }
        else
        {
            times.FirstToken = sequence.NewTokens == 1 ? now : times.FirstToken;
            _interTokenLatency.Record(Elapsed(times.LastToken, now), _model);
        }

        times.LastToken = now;
        times.LastStep = _step;
    }

    /// <summary>Notes a sequence's end.</summary>
    public void Finished(Sequence sequence, FinishReason reason)
    {
        _success.Add(1, _model, new("finished_reason", reason switch
        {
            FinishReason.Stop => "stop",
            FinishReason.Length => "length",
            _ => "abort",
        }));
        _requestLatency.Record(Since(sequence.Times.Arrived), _model);
        _requestPromptTokens.Record(sequence.PromptTokens, _model);
        _requestGenerationTokens.Record(sequence.OutputTokens, _model);
        _requestMaxTokens.Record(sequence.MaxTokens, _model);
        if (sequence.OutputTokens > 0)
        {
            _decodeTime.Record(Elapsed(sequence.Times.FirstToken, sequence.Times.LastToken), _model);
        }
    }

    /// <summary>Notes a sequence that failed.</summary>
    public void Failed(Sequence sequence)
    {
        _failures.Add(1, _model);
        _requestLatency.Record(Since(sequence.Times.Arrived), _model);
    }

    /// <summary>Notes a step.</summary>
    public void StepFinished(int promptTokens, int outputTokens, int preemptions)
    {
        _step++;
        _preemptions.Add(preemptions, _model);
        _promptTokens.Add(promptTokens, _model);
        _generationTokens.Add(outputTokens, _model);
        _iterationTokens.Record(promptTokens + outputTokens, _model);
    }

    public void Dispose() => _meter.Dispose();

    private void CreateState(Func<EngineStatus> status)
    {
        _meter.CreateObservableGauge("granary:engine_slots", () => new Measurement<int>(status().Slots, _model), "{slot}", "Sequences that can run at once.");
        _meter.CreateObservableGauge("granary:engine_stuck", () => new Measurement<int>(status().IsStuck ? 1 : 0, _model), description: "Whether work waits and no step finishes, 0 or 1.");
        _meter.CreateObservableCounter("granary:engine_steps_total", () => new Measurement<long>(status().Steps, _model), "{step}", "Steps finished.");
        _meter.CreateObservableGauge("granary:kv_host_bytes", () => new Measurement<long>(status().HostKvBytes, _model), "By", "KV blocks in host memory.");
        _meter.CreateObservableGauge("granary:kv_disk_bytes", () => new Measurement<long>(status().DiskKvBytes, _model), "By", "KV blocks on disk.");
        KeyValuePair<string, object?>[] noAdapters = [_model, new("max_lora", "0"), new("running_lora_adapters", ""), new("waiting_lora_adapters", "")];
        _meter.CreateObservableGauge("granary:lora_requests_info", () => new Measurement<int>(0, noAdapters), description: "Adapters in use; there are none here.");
    }

    private double Since(long timestamp) => _timeProvider.GetElapsedTime(timestamp).TotalSeconds;

    private double Elapsed(long from, long to) => _timeProvider.GetElapsedTime(from, to).TotalSeconds;

    private Histogram<double> Seconds(string name, string description, double[] buckets) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private Histogram<double> Tokens(string name, string description) =>
        _meter.CreateHistogram(name, "{token}", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = TokenCountBuckets });
}