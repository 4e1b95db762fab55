//! The normal distribution function and its inverse.

use super::exponential::exp_of_sum;
use super::lane::{Lane, polynomial};
use super::logarithm::ln;
use super::pair::product;

const CDF_CENTRE_END: f64 = 0.66;
const CDF_NEAR_END: f64 = 5.5;
/// From here on the lower tail is zero in doubles.
const CDF_END: f64 = 40.0;

/// (Φ(x) − ½) / x as a polynomial in x², for |x| ≤ 0.66.
const CDF_CENTRE: [f64; 9] = [
    0.3989422804014327,
    -0.06649038006690523,
    0.009973557010023316,
    -0.0011873282151942147,
    0.00011543468433031154,
    -9.444635047737742e-06,
    6.658887648448378e-07,
    -4.1047585741215644e-08,
    2.0569676934398984e-09,
];

/// Φ(−t) · exp(t²/2) as a ratio of polynomials in t − 0.66, for t in 0.66 ..= 5.5.
const CDF_NEAR_ABOVE: [f64; 10] = [
    0.316587414337978,
    0.45015198051864114,
    0.3087012095688022,
    0.1317175141678129,
    0.03823742617702416,
    0.0078023075287871274,
    0.0011176430500824334,
    0.00010844644757057596,
    6.483438196099977e-06,
    1.8276195047042604e-07,
];
/// The denominator to [`CDF_NEAR_ABOVE`].
const CDF_NEAR_BELOW: [f64; 11] = [
    1.0,
    2.0220215285425387,
    1.8866159365001325,
    1.0713271878191786,
    0.41077149880694075,
    0.11135328338688506,
    0.02166687925788233,
    0.0029968758396964564,
    0.00028301908740379126,
    1.6553926157426246e-05,
    4.5811627351309556e-07,
];

/// The same in t − 5.5, for t in 5.5 ..= 40.
const CDF_FAR_ABOVE: [f64; 10] = [
    0.07034269402512788,
    0.07905258901255498,
    0.040253135129537154,
    0.012192162260119752,
    0.0024218000194372613,
    0.00032735323163694114,
    3.0132662927524333e-05,
    1.823088211434533e-06,
    6.58601852855062e-08,
    1.0839042967715419e-09,
];
/// The denominator to [`CDF_FAR_ABOVE`].
const CDF_FAR_BELOW: [f64; 11] = [
    1.0,
    1.295231204014419,
    0.7656376471934246,
    0.2721555335553037,
    0.06446299271263538,
    0.010638291964023583,
    0.0012397140627195776,
    0.00010081545320690731,
    5.480499917435517e-06,
    1.8003020097413507e-07,
    2.7169451572815778e-09,
];

/// The share of a standard normal distribution that lies below x.
#[inline(always)]
pub fn normal_cdf<L: Lane>(x: L) -> L {
    let c = |value: f64| x.constant(value);
    let size = x.magnitude();
    let centre = c(0.5) + x * polynomial(x * x, &CDF_CENTRE);

    let size = size.less(c(CDF_END)).or(x.is_nan()).select(size, c(CDF_END));
    let far = c(CDF_NEAR_END).less(size);
    let near_t = size - c(CDF_CENTRE_END);
    let far_t = size - c(CDF_NEAR_END);
    let above = far.select(
        polynomial(far_t, &CDF_FAR_ABOVE),
        polynomial(near_t, &CDF_NEAR_ABOVE),
    );
    let below = far.select(
        polynomial(far_t, &CDF_FAR_BELOW),
        polynomial(near_t, &CDF_NEAR_BELOW),
    );
    let square = product(size, size);
    let tail = (above / below) * exp_of_sum(square.high * c(-0.5), Some(square.low * c(-0.5)), 0.0);
    let outside = x.less(c(0.0)).select(tail, c(1.0) - tail);
    size.less(c(CDF_CENTRE_END)).select(centre, outside)
}

/// Half the width of the central part, and its square.
const CENTRE_END: f64 = 0.425;
const CENTRE_END_SQUARED: f64 = 0.180625;
const NEAR_TAIL_START: f64 = 1.59;
const FAR_TAIL_START: f64 = 5.6;

/// x / q as a ratio of polynomials in 0.425² − q², where q = p − ½, for |q| ≤ 0.425.
const CENTRE_ABOVE: [f64; 9] = [
    3.3871328727963665,
    148.75654089858503,
    2548.2248621054805,
    21627.48122779324,
    95692.73595132244,
    213550.16383922924,
    214247.38200536437,
    74060.81543150092,
    3907.0076925680755,
];
/// The denominator to [`CENTRE_ABOVE`].
const CENTRE_BELOW: [f64; 9] = [
    1.0,
    46.9233869329969,
    871.283895595804,
    8176.878364275773,
    41169.98184253376,
    109244.70619345286,
    140376.8283234065,
    72342.6982132652,
    9398.464634614496,
];

/// −x as a ratio of polynomials in r − 1.59, where r = √(−ln p), for r in 1.59 ..= 5.6.
const NEAR_TAIL_ABOVE: [f64; 10] = [
    1.4063472610989345,
    4.999611706474197,
    7.091923307881139,
    5.393081655907668,
    2.4519886163861777,
    0.6929491197010462,
    0.12055392301031509,
    0.012140429115849208,
    0.0006156478380948593,
    1.1271849365283418e-05,
];
/// The denominator to [`NEAR_TAIL_ABOVE`].
const NEAR_TAIL_BELOW: [f64; 10] = [
    1.0,
    2.3389563293672864,
    2.28715573810605,
    1.220471732668269,
    0.3869849043765099,
    0.07357318231640933,
    0.007936335002221939,
    0.0004227065258225081,
    7.9700350247661e-06,
    2.2681539663243674e-12,
];

/// The same in r − 5.6, for r in 5.6 ..= 27.4, where the smallest double lies.
const FAR_TAIL_ABOVE: [f64; 9] = [
    7.537151829585814,
    5.856448579947676,
    1.849822155671552,
    0.30616099908240285,
    0.02854210551504758,
    0.00150017681057841,
    4.2135364996758704e-05,
    5.559443418988913e-07,
    2.5023284034488442e-09,
];
/// The denominator to [`FAR_TAIL_ABOVE`].
const FAR_TAIL_BELOW: [f64; 9] = [
    1.0,
    0.5831593913829376,
    0.133252161473016,
    0.01516851600323537,
    0.0009070383058931678,
    2.765481500194255e-05,
    3.8320592826340803e-07,
    1.7694090568638476e-09,
    5.996332672479052e-18,
];

/// The x below which a share p of a standard normal distribution lies: −∞ at 0, ∞ at 1, NaN outside.
///
/// The division into a centre and tails in √(−ln p) is that of Wichura, algorithm AS 241 (1988).
#[inline(always)]
pub fn inverse_normal<L: Lane>(p: L) -> L {
    let c = |value: f64| p.constant(value);
    let (zero, one) = (c(0.0), c(1.0));
    let q = p - c(0.5);
    let central = q.magnitude().less_equal(c(CENTRE_END));
    let upper = zero.less(q);
    let share = upper.select(one - p, p);
    let r = (-ln(share)).root();
    let far = c(FAR_TAIL_START).less(r);
    let (centre_t, near_t, far_t) = (
        c(CENTRE_END_SQUARED) - q * q,
        r - c(NEAR_TAIL_START),
        r - c(FAR_TAIL_START),
    );
    let above = far.select(
        polynomial(far_t, &FAR_TAIL_ABOVE),
        polynomial(near_t, &NEAR_TAIL_ABOVE),
    );
    let below = far.select(
        polynomial(far_t, &FAR_TAIL_BELOW),
        polynomial(near_t, &NEAR_TAIL_BELOW),
    );
    let above = central.select(q * polynomial(centre_t, &CENTRE_ABOVE), above);
    let below = central.select(polynomial(centre_t, &CENTRE_BELOW), below);
    let ratio = above / below;
    let value = central.select(ratio, ratio.xor(upper.not().and(c(-0.0))));
    let value = p
        .less(zero)
        .or(one.less(p))
        .or(p.is_nan())
        .select(c(f64::NAN), value);
    let value = p.equal(zero).select(c(f64::NEG_INFINITY), value);
    p.equal(one).select(c(f64::INFINITY), value)
}
