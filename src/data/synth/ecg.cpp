// The recipe, a function each: a subject's heart → intervals between its beats → beats with their classes →
// the model's signal → noise → windows around the beats.
#include "data/synth/ecg.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "math/random.h"

namespace mote {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr int kRate = 125;          // Hz, of the result
constexpr int kStepsPerSample = 4;  // the model is integrated at 500 Hz
constexpr double kStep = 1.0 / (kRate * kStepsPerSample);
constexpr int kWindow = 125, kBefore = 50;  // samples of a beat, and those before its R peak

// ---- a subject's heart

/// One event of a beat: a Gaussian bump in z, given by what one would measure in the trace.
struct Wave {
  double time = 0;    ///< s after the R peak at 60 beats/min
  double height = 0;  ///< mV
  double width = 0;   ///< s, the Gaussian's standard deviation
};
enum { P, Q, R, S, T, kWaves };
using Shape = std::array<Wave, kWaves>;

/// Table I of the paper (angles −π/3, −π/12, 0, π/12, π/2; a 1.2, −5, 30, −7.5, 0.75; b 0.25, 0.1, 0.1, 0.1,
/// 0.4 rad) at one beat a second: time = θ/2π, width = b/2π, height ∝ a·b², with R = 1 mV.
constexpr Shape kPaper = {{{-1.0 / 6, 0.25, 0.0398},
                           {-1.0 / 24, -0.167, 0.0159},
                           {0, 1.0, 0.0159},
                           {1.0 / 24, -0.25, 0.0159},
                           {1.0 / 4, 0.40, 0.0637}}};

struct Heart {
  double mean_rr = 0.85;       // s
  double rr_deviation = 0.03;  // s, of the tachogram
  double lf_hf = 0.5;          // power of the 0.1 Hz (Mayer) band over that of the respiratory band
  double breathing_hz = 0.25;
  double jitter = 0;            // relative, of single intervals: an irregular rhythm
  double gain = 1, offset = 0;  // electrode: factor, and µV
  double wander = 100;          // µV
  double muscle = 1, hum = 1;   // factors of noise
  Shape normal{};
  std::array<Shape, 2> ventricular{};  // two ectopic sites
  double aberrant = 0;                 // share of S beats that are conducted wide
  double share_v = 0.15, share_s = 0.1, share_f = 0.05;
};

Shape normal_shape(Random& random) {
  Shape shape = kPaper;
  for (Wave& wave : shape) {
    wave.time *= random.uniform(0.9, 1.12);
    wave.width *= random.uniform(0.85, 1.25);
  }
  const double narrow = random.uniform(0.62, 1.0);  // the paper's QRS is at the upper end of what is seen
  for (const int wave : {Q, R, S}) {
    shape[static_cast<std::size_t>(wave)].width *= narrow;
    shape[static_cast<std::size_t>(wave)].time *= narrow;
  }
  shape[P].height *= random.uniform(0.3, 1.1);
  shape[Q].height *= random.uniform(0.1, 1.6);
  shape[R].height *= random.uniform(0.55, 1.6);
  shape[S].height *= random.uniform(0.2, 2.4);
  shape[T].height *= random.uniform(0.3, 1.3);
  if (random.uniform() < 0.12) shape[T].height *= -0.6;
  if (random.uniform() < 0.15) {  // a bundle branch conducts late: wide although normal in class
    for (const int wave : {Q, R, S}) {
      shape[static_cast<std::size_t>(wave)].width *= 1.7;
      shape[static_cast<std::size_t>(wave)].time *= 1.6;
    }
    shape[T].height *= -0.5;
  }
  return shape;
}

/// Starts in the ventricles: no P, QRS wide and mostly tall, T against it.  `mild` ones differ less from normal.
Shape ventricular_shape(const Shape& normal, Random& random) {
  const bool mild = random.uniform() < 0.25;
  const double polarity = random.uniform() < 0.7 ? 1 : -1;
  const double height =
      polarity * normal[R].height * (mild ? random.uniform(0.7, 1.1) : random.uniform(0.9, 1.8));
  const double width = mild ? random.uniform(0.024, 0.030) : random.uniform(0.030, 0.046);
  Shape shape;
  shape[P] = {normal[P].time, 0, normal[P].width};
  shape[Q] = {-2.2 * width, -height * random.uniform(0, 0.25), width};
  shape[R] = {0, height, width};
  shape[S] = {2.3 * width, -height * random.uniform(0.1, 0.5), 1.1 * width};
  shape[T] = {random.uniform(0.27, 0.33), -height * random.uniform(0.2, 0.45), random.uniform(0.06, 0.08)};
  return shape;
}

Heart make_heart(Random& random) {
  Heart heart;
  heart.mean_rr = random.uniform(0.62, 1.05);
  heart.rr_deviation = heart.mean_rr * random.uniform(0.015, 0.06);
  heart.lf_hf = random.uniform(0.3, 1.5);
  heart.breathing_hz = random.uniform(0.15, 0.3);
  if (random.uniform() < 0.15) heart.jitter = random.uniform(0.05, 0.11);
  heart.gain = random.uniform(0.75, 1.3);
  heart.offset = random.uniform(-350, 100);
  heart.wander = random.uniform(30, 160);
  heart.muscle = random.uniform(0.2, 2.0);
  heart.hum = random.uniform(0, 1.5);
  heart.normal = normal_shape(random);
  for (Shape& shape : heart.ventricular) shape = ventricular_shape(heart.normal, random);
  heart.aberrant = random.uniform() < 0.25 ? random.uniform(0.1, 0.4) : 0;
  heart.share_v = random.uniform(0.08, 0.26);
  heart.share_s = random.uniform(0.05, 0.22);
  // Fusion with a site of opposite polarity would cancel the QRS: such hearts have none.
  const bool fusion = random.uniform() < 0.6 && heart.ventricular[0][R].height > 0;
  heart.share_f = fusion ? random.uniform(0.05, 0.14) : 0;
  return heart;
}

// ---- intervals

/// The paper's RR tachogram: a spectrum of two Gaussian bands, at 0.1 Hz (Mayer waves) and at the breathing
/// rate, with random phases.  A sum of cosines on a grid gives it at any time, without a Fourier transform.
class Tachogram {
 public:
  Tachogram(const Heart& heart, Random& random) : mean_(heart.mean_rr) {
    constexpr double kBand = 0.01;  // Hz, c1 and c2 of the paper
    const double lf = heart.lf_hf / (1 + heart.lf_hf), hf = 1 / (1 + heart.lf_hf);
    double power = 0;
    for (const auto& [centre, share] : {std::pair(0.1, lf), std::pair(heart.breathing_hz, hf)}) {
      for (int k = -6; k <= 6; ++k) {
        const double away = 0.5 * k;  // in units of kBand
        const double density = share * exact::exp(-0.5 * away * away);
        tones_.push_back({kTwoPi * (centre + away * kBand), std::sqrt(density), kTwoPi * random.uniform()});
        power += 0.5 * density;
      }
    }
    for (Tone& tone : tones_) tone.amplitude *= heart.rr_deviation / std::sqrt(power);
  }

  double at(double seconds) const {
    double rr = mean_;
    for (const Tone& tone : tones_) rr += tone.amplitude * exact::cos(tone.omega * seconds + tone.phase);
    return std::max(rr, 0.4);
  }

 private:
  struct Tone {
    double omega, amplitude, phase;
  };
  double mean_;
  std::vector<Tone> tones_;
};

// ---- beats

struct Beat {
  char label = 'N';
  double rr = 0.8;     ///< s since the beat before
  double at = 0;       ///< s, of its R peak
  double cycle = 0.8;  ///< s, the usual interval at that time: what QT has adapted to
  Shape shape{};
};

/// Halfway between two shapes, wave by wave.
Shape blend(const Shape& a, const Shape& b, double share_of_b) {
  Shape shape;
  for (std::size_t w = 0; w < kWaves; ++w) {
    shape[w].time = a[w].time + share_of_b * (b[w].time - a[w].time);
    shape[w].height = a[w].height + share_of_b * (b[w].height - a[w].height);
    shape[w].width = a[w].width + share_of_b * (b[w].width - a[w].width);
  }
  return shape;
}

/// No two beats are alike.
void vary(Shape& shape, double amount, Random& random) {
  for (Wave& wave : shape) {
    wave.time *= 1 + 0.5 * amount * random.normal();
    wave.height *= 1 + amount * random.normal();
    wave.width *= std::max(0.5, 1 + 0.5 * amount * random.normal());
  }
}

/// S: the atria start early, so P looks different (or hides) and QRS is normal, save where it is conducted aberrantly.
Shape supraventricular_shape(const Heart& heart, Random& random) {
  Shape shape = heart.normal;
  shape[P].height *= random.uniform(-0.6, 0.7);
  shape[P].time *= random.uniform(0.7, 0.95);
  if (random.uniform() < heart.aberrant)
    shape = blend(shape, heart.ventricular[0], random.uniform(0.15, 0.35));
  return shape;
}

std::vector<Beat> make_beats(const Heart& heart, int count, Random& random) {
  const Tachogram tachogram(heart, random);
  std::vector<Beat> beats;
  double now = 1.0;  // s; the first beat
  double pause = 0;  // s that the next interval gets because of this beat
  bool previous_normal = false;
  for (int k = 0; k < count; ++k) {
    const double usual = tachogram.at(now) * std::max(0.6, 1 + heart.jitter * random.normal());
    Beat beat{'N', usual + pause, 0, usual, heart.normal};
    pause = 0;
    const double draw = previous_normal ? random.uniform() : 1;  // ectopic beats here are single ones
    if (draw < heart.share_v) {
      beat.label = 'V';
      beat.rr = usual * random.uniform(0.52, 0.95);
      // Mostly compensatory: the sinus node keeps its beat.  Else the early beat has reset it.
      pause = random.uniform() < 0.7 ? usual - beat.rr : usual * random.uniform(0, 0.15);
      beat.shape = heart.ventricular[random.uniform() < 0.8 ? 0 : 1];
    } else if (draw < heart.share_v + heart.share_s) {
      beat.label = 'S';
      beat.rr = usual * random.uniform(0.55, 0.86);
      pause = usual * random.uniform(-0.03, 0.2);  // not compensatory: the sinus node is reset
      beat.shape = supraventricular_shape(heart, random);
    } else if (draw < heart.share_v + heart.share_s + heart.share_f) {
      beat.label = 'F';
      beat.rr = usual * random.uniform(0.85, 0.98);
      pause = usual - beat.rr;
      beat.shape = blend(heart.normal, heart.ventricular[0], random.uniform(0.35, 0.65));
    }
    previous_normal = beat.label == 'N';
    vary(beat.shape, 0.07, random);
    now += beat.rr;
    beat.at = now;
    beats.push_back(beat);
  }
  return beats;
}

// ---- the model

/// An event as the equations want it: θ, a, b, with the phase counted on from beat to beat instead of modulo
/// 2π, so that the T of one beat and the P of an early next one may overlap.
struct Event {
  double angle, strength, width;
};

/// The angular speed in the interval of a beat.
double omega(const Beat& beat) { return kTwoPi / beat.rr; }

/// Events keep their length in seconds whatever the rate; T alone comes nearer with a faster heart, by the square root of
/// the usual interval (Bazett): one early beat does not change it.
std::array<Event, kWaves> events_of(const std::vector<Beat>& beats, std::size_t k) {
  const Beat& beat = beats[k];
  const Beat& next = beats[std::min(k + 1, beats.size() - 1)];
  std::array<Event, kWaves> events;
  for (std::size_t w = 0; w < kWaves; ++w) {
    const Wave& wave = beat.shape[w];
    const double speed = wave.time < 0 ? omega(beat) : omega(next);
    const double stretch = w == T ? std::sqrt(beat.cycle) : 1.0;
    const double width = speed * wave.width * stretch;
    events[w].angle = kTwoPi * static_cast<double>(k) + speed * wave.time * stretch;
    events[w].width = width;
    events[w].strength = wave.height * speed / (width * width);  // the bump's height is a·b²/ω
  }
  return events;
}

/// The paper's equations:  x' = αx − ωy,  y' = αy + ωx,  α = 1 − √(x²+y²),
///                         z' = −Σ aᵢ Δθᵢ exp(−Δθᵢ²/2bᵢ²) − (z − z₀).
/// In polar coordinates the first two are r' = (1 − r)·r and θ' = ω: started on the limit cycle r = 1 they
/// never leave it, so θ is the integral of ω (piecewise constant: 2π in each interval) and z is what remains
/// to integrate, by Runge and Kutta's fourth order.  Returns z in mV, at kRate.
std::vector<double> integrate(const std::vector<Beat>& beats, double breathing_hz, double seconds) {
  constexpr double kBreathing = 0.015;  // mV, amplitude of z₀; the rest of the wander is the electrode's
  constexpr double kReach = 5;          // widths, beyond which an event is nothing (4e-6)
  std::vector<std::array<Event, kWaves>> events;
  for (std::size_t k = 0; k < beats.size(); ++k) events.push_back(events_of(beats, k));

  std::size_t next = 0;                 // the first beat whose R peak is still ahead
  const auto forcing = [&](double t) {  // all of z' but its −z
    while (next + 1 < beats.size() && beats[next].at <= t) ++next;
    const double phase = kTwoPi * static_cast<double>(next) - omega(beats[next]) * (beats[next].at - t);
    double rate = kBreathing * exact::cos(kTwoPi * breathing_hz * t);
    const std::size_t first = next < 2 ? 0 : next - 2, last = std::min(next + 1, beats.size() - 1);
    for (std::size_t k = first; k <= last; ++k) {
      for (const Event& event : events[k]) {
        const double away = phase - event.angle;
        if (std::abs(away) > kReach * event.width) continue;
        rate -= event.strength * away * exact::exp(-away * away / (2 * event.width * event.width));
      }
    }
    return rate;
  };

  const auto samples = static_cast<std::size_t>(seconds * kRate);
  std::vector<double> trace;
  trace.reserve(samples);
  double z = 0;
  double at_start = forcing(0);
  for (std::size_t i = 0; i < samples * kStepsPerSample; ++i) {
    if (i % kStepsPerSample == 0) trace.push_back(z);
    const double t = static_cast<double>(i) * kStep;
    const double at_middle = forcing(t + kStep / 2), at_end = forcing(t + kStep);
    const double k1 = at_start - z;
    const double k2 = at_middle - (z + kStep / 2 * k1);
    const double k3 = at_middle - (z + kStep / 2 * k2);
    const double k4 = at_end - (z + kStep * k3);
    z += kStep / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    at_start = at_end;
  }
  return trace;
}

// ---- noise

/// Pink (1/f) noise of about unit deviation: rows of held random numbers, each half as often renewed (Voss).
class PinkNoise {
 public:
  double next(Random& random) {
    ++count_;
    double sum = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (count_ % (1u << row) == 0) rows_[row] = random.normal();
      sum += rows_[row];
    }
    return sum / std::sqrt(static_cast<double>(rows_.size()));
  }

 private:
  std::array<double, 8> rows_{};
  std::uint32_t count_ = 0;
};

/// Amplifier, electrode, muscles, breathing and mains, in µV.
void add_noise(std::vector<float>& microvolt, const Heart& heart, double level, Random& random) {
  constexpr double kWhite = 9, kPink = 14, kMuscle = 20, kHum = 4, kMainsHz = 50;
  PinkNoise pink;
  const double phase = kTwoPi * random.uniform(), drift_phase = kTwoPi * random.uniform();
  const double drift_hz = random.uniform(0.03, 0.08), burst_hz = random.uniform(0.05, 0.2);
  double previous = 0;
  for (std::size_t i = 0; i < microvolt.size(); ++i) {
    const double t = static_cast<double>(i) / kRate;
    const double fresh = random.normal();
    const double tension = 0.5 - 0.5 * exact::cos(kTwoPi * burst_hz * t + phase);  // muscles tense and relax
    const double muscle = 0.7 * (fresh - previous) * tension * tension;  // a difference has no slow part
    previous = fresh;
    double noise = kWhite * random.normal() + kPink * pink.next(random) + kMuscle * heart.muscle * muscle;
    noise += kHum * heart.hum * exact::cos(kTwoPi * kMainsHz * t);
    noise += heart.wander * (0.6 * exact::cos(kTwoPi * heart.breathing_hz * t + phase) +
                             0.5 * exact::cos(kTwoPi * drift_hz * t + drift_phase));
    microvolt[i] += static_cast<float>(level * noise);
  }
}

Result<void> check_options(const EcgOptions& options) {
  if (options.subjects < 1 || options.subjects > 1000) {
    return error(text::cat("synthetic ECG: ", options.subjects, " subjects"), "use 1 to 1000");
  }
  if (options.beats_per_subject < 1 || options.beats_per_subject > 10'000) {
    return error(text::cat("synthetic ECG: ", options.beats_per_subject, " beats for each subject"),
                 "use 1 to 10000");
  }
  constexpr std::int64_t kMaxBeats = 200'000;  // 120 MB of CSV
  if (std::int64_t{options.subjects} * options.beats_per_subject > kMaxBeats) {
    return error(text::cat("synthetic ECG: more than ", text::thousands(kMaxBeats), " beats in all"),
                 "use fewer subjects, or fewer beats for each");
  }
  if (!(options.noise >= 0 && options.noise <= 10)) {
    return error(text::cat("synthetic ECG: a noise level of ", text::shortest(options.noise)), "use 0 to 10");
  }
  return {};
}

int milliseconds(double seconds) { return static_cast<int>(std::floor(seconds * 1000 + 0.5)); }

}  // namespace

Result<EcgRecording> synthesize_ecg(const EcgOptions& options, int subject) {
  MOTE_TRY_VOID(check_options(options));
  if (subject < 0 || subject >= options.subjects) {
    return error(text::cat("synthetic ECG: no subject ", subject),
                 text::cat("use 0 to ", options.subjects - 1));
  }
  Random random = Random(options.seed).split(static_cast<std::uint64_t>(subject));
  const Heart heart = make_heart(random);
  // One beat more at the start and two at the end: the window and both intervals of every delivered beat are whole.
  const std::vector<Beat> beats = make_beats(heart, options.beats_per_subject + 3, random);
  const std::vector<double> trace = integrate(beats, heart.breathing_hz, beats.back().at + 1);

  EcgRecording recording;
  recording.rate_hz = kRate;
  for (const double millivolt : trace) {
    recording.microvolt.push_back(static_cast<float>(heart.offset + 1000 * heart.gain * millivolt));
  }
  add_noise(recording.microvolt, heart, options.noise, random);
  for (std::size_t k = 1; k + 2 < beats.size(); ++k) {
    const int slip =
        static_cast<int>(random.below(6));  // an annotator is a sample early or late one time in three
    const double peak = beats[k].at * kRate + (slip == 0 ? -1 : slip == 1 ? 1 : 0);
    EcgBeat beat;
    beat.sample = static_cast<std::size_t>(std::floor(peak + 0.5));
    beat.label = beats[k].label;
    beat.rr_prev_ms = milliseconds(beats[k].rr);
    beat.rr_next_ms = milliseconds(beats[k + 1].rr);
    recording.beats.push_back(beat);
  }
  return recording;
}

Result<std::string> synthesize_ecg_csv(const EcgOptions& options) {
  MOTE_TRY_VOID(check_options(options));
  std::string csv = text::cat("# synthetic ECG (McSharry et al. 2003), seed ", options.seed, ", ",
                              options.subjects, " subjects x ", options.beats_per_subject, " beats, noise ",
                              text::shortest(options.noise), ", not measured from a person\n");
  csv += "label,subject,rr_prev_ms,rr_next_ms";
  for (int s = 0; s < kWindow; ++s) csv += text::cat(",s", s);
  csv += '\n';
  for (int subject = 0; subject < options.subjects; ++subject) {
    MOTE_TRY(const EcgRecording recording, synthesize_ecg(options, subject));
    for (const EcgBeat& beat : recording.beats) {
      csv += fmt::format("{},p{:03},{},{}", beat.label, subject + 1, beat.rr_prev_ms, beat.rr_next_ms);
      for (std::size_t s = 0; s < kWindow; ++s) {
        const float value = recording.microvolt[beat.sample - kBefore + s];
        csv += fmt::format(",{}", static_cast<int>(std::floor(value + 0.5f)));
      }
      csv += '\n';
    }
  }
  return csv;
}

}  // namespace mote
