//! The registers of a level: lanes that the machine computes with side by side.
//!
//! In and out: doubles. Each operation of [`Lane`] is one instruction or a few, with the bits that [`math`](crate::math) gives to
//! one double.

use super::machine::GROUP;
use crate::math::Lane;

/// A register's width of doubles.
pub(crate) trait Vector: Lane {
    /// How many.
    const LANES: usize;

    /// How many vectors a register of the machine has, in all no more than a group of futures.
    const DEEP: usize;

    /// Whether these are registers of the processor: what is done to each of eight is then written out.
    const WRITTEN_OUT: bool;

    /// A register of the machine.
    type Register: Copy + std::ops::IndexMut<usize, Output = Self>;

    /// A register full of a number.
    fn register(value: f64) -> Self::Register;

    /// The same number in each.
    fn of(value: f64) -> Self;

    /// The first numbers of a slice.
    fn load(from: &[f64]) -> Self;

    /// Writes them to the start of a slice.
    fn store(self, to: &mut [f64]);

    /// `self` where it is less than `other`, else that.
    fn lesser(self, other: Self) -> Self;

    /// `self` where it is greater than `other`, else that.
    fn greater(self, other: Self) -> Self;

    /// The numbers of a slice at the first of these places, one by one: an instruction that gathers takes longer on some machines.
    fn gather(places: &[u32], from: &[f64]) -> Self;

    /// The numbers of a slice at these places, which are integers below its length.
    #[inline(always)]
    fn pick(self, from: &[f64]) -> Self {
        let (mut places, mut picked) = ([0.0; 8], [0.0; 8]);
        self.store(&mut places);
        for (picked, place) in picked.iter_mut().zip(&places[..Self::LANES]) {
            *picked = from[place.to_bits() as usize];
        }
        Self::load(&picked)
    }
}

/// The portable vector is one double: loops over many are the compiler's to make wide.
impl Vector for f64 {
    const LANES: usize = 1;
    const DEEP: usize = GROUP;
    const WRITTEN_OUT: bool = false;
    type Register = [f64; GROUP];

    #[inline(always)]
    fn register(value: f64) -> Self::Register {
        [value; GROUP]
    }

    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn load(from: &[f64]) -> Self {
        from[0]
    }

    #[inline(always)]
    fn store(self, to: &mut [f64]) {
        to[0] = self;
    }

    #[inline(always)]
    fn lesser(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    #[inline(always)]
    fn greater(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    #[inline(always)]
    fn gather(places: &[u32], from: &[f64]) -> Self {
        from[places[0] as usize]
    }

    #[inline(always)]
    fn pick(self, from: &[f64]) -> Self {
        from[self.to_bits() as usize]
    }
}

/// Declares a function that begins with a [`Level`](super::Level), and compiles its body once for each kind, over vectors of that kind.
macro_rules! with_vectors {
    ($(#[$doc:meta])* $visible:vis fn $name:ident[$vector:ident]($($argument:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        #[allow(unsafe_code, reason = "instructions beyond the portable ones are called where the machine has them")]
        #[allow(clippy::too_many_arguments, reason = "a loop over several slices")]
        $visible fn $name(level: $crate::block::Level, $($argument: $type),*) {
            #[inline(always)]
            fn body<$vector: $crate::block::vector::Vector>($($argument: $type),*) $body

            #[inline(never)]
            fn portable($($argument: $type),*) {
                body::<f64>($($argument),*);
            }

            #[cfg(target_arch = "x86_64")]
            #[inline(never)]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($argument: $type),*) {
                body::<$crate::block::vector::Wide256>($($argument),*);
            }

            #[cfg(target_arch = "x86_64")]
            #[inline(never)]
            #[target_feature(enable = "fma,avx512f,avx512bw,avx512dq,avx512vl")]
            fn avx512($($argument: $type),*) {
                body::<$crate::block::vector::Wide512>($($argument),*);
            }

            $crate::block::level::call_at!(level, portable avx2 avx512, ($($argument),*))
        }
    };
}
pub(crate) use with_vectors;

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Wide256, Wide512};

/// Vectors of x86: only what is called where a [`Level`](super::Level) says that the machine has the instructions computes with them.
#[cfg(target_arch = "x86_64")]
#[allow(
    unsafe_code,
    reason = "instructions beyond the portable ones are called where the machine has them"
)]
mod x86 {
    use std::arch::x86_64::*;
    use std::ops::{Add, Div, Mul, Neg, Sub};

    use super::{Lane, Vector};

    /// Eight doubles.
    #[derive(Clone, Copy)]
    pub(crate) struct Wide512(__m512d);

    /// Four doubles.
    #[derive(Clone, Copy)]
    pub(crate) struct Wide256(__m256d);

    /// Calls what only a level's functions may call.
    macro_rules! ask {
        ($call:expr) => {
            // SAFETY: a vector is made only by functions that are compiled for its level and called where that level was found; what is
            // called here touches no memory but through references.
            unsafe { $call }
        };
    }

    macro_rules! arithmetic {
        ($vector:ident: $($operator:ident $method:ident $instruction:ident;)*) => {
            $(impl $operator for $vector {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    $vector(ask!($instruction(self.0, other.0)))
                }
            })*
            impl Neg for $vector {
                type Output = Self;
                #[inline(always)]
                fn neg(self) -> Self {
                    self.xor(self.constant(-0.0))
                }
            }
        };
    }
    arithmetic! {
        Wide512: Add add _mm512_add_pd; Sub sub _mm512_sub_pd; Mul mul _mm512_mul_pd; Div div _mm512_div_pd;
    }
    arithmetic! {
        Wide256: Add add _mm256_add_pd; Sub sub _mm256_sub_pd; Mul mul _mm256_mul_pd; Div div _mm256_div_pd;
    }

    impl Wide512 {
        #[inline(always)]
        fn of_mask(mask: __mmask8) -> Self {
            Self(ask!(_mm512_castsi512_pd(_mm512_movm_epi64(mask))))
        }

        #[inline(always)]
        fn bits(self) -> __m512i {
            ask!(_mm512_castpd_si512(self.0))
        }

        #[inline(always)]
        fn of_bits(bits: __m512i) -> Self {
            Self(ask!(_mm512_castsi512_pd(bits)))
        }
    }

    impl Lane for Wide512 {
        #[inline(always)]
        fn constant(self, value: f64) -> Self {
            Self::of(value)
        }
        #[inline(always)]
        fn root(self) -> Self {
            Self(ask!(_mm512_sqrt_pd(self.0)))
        }
        #[inline(always)]
        fn multiply_add(self, factor: Self, addend: Self) -> Self {
            Self(ask!(_mm512_fmadd_pd(self.0, factor.0, addend.0)))
        }
        #[inline(always)]
        fn less(self, other: Self) -> Self {
            Self::of_mask(ask!(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, other.0)))
        }
        #[inline(always)]
        fn less_equal(self, other: Self) -> Self {
            Self::of_mask(ask!(_mm512_cmp_pd_mask::<_CMP_LE_OQ>(self.0, other.0)))
        }
        #[inline(always)]
        fn equal(self, other: Self) -> Self {
            Self::of_mask(ask!(_mm512_cmp_pd_mask::<_CMP_EQ_OQ>(self.0, other.0)))
        }
        #[inline(always)]
        fn select(self, yes: Self, no: Self) -> Self {
            let mask = ask!(_mm512_movepi64_mask(self.bits()));
            Self(ask!(_mm512_mask_blend_pd(mask, no.0, yes.0)))
        }
        #[inline(always)]
        fn and(self, other: Self) -> Self {
            Self::of_bits(ask!(_mm512_and_si512(self.bits(), other.bits())))
        }
        #[inline(always)]
        fn or(self, other: Self) -> Self {
            Self::of_bits(ask!(_mm512_or_si512(self.bits(), other.bits())))
        }
        #[inline(always)]
        fn xor(self, other: Self) -> Self {
            Self::of_bits(ask!(_mm512_xor_si512(self.bits(), other.bits())))
        }
        #[inline(always)]
        fn integer_add(self, other: Self) -> Self {
            Self::of_bits(ask!(_mm512_add_epi64(self.bits(), other.bits())))
        }
        #[inline(always)]
        fn integer_sub(self, other: Self) -> Self {
            Self::of_bits(ask!(_mm512_sub_epi64(self.bits(), other.bits())))
        }
        #[inline(always)]
        fn shift_left(self, bits: u32) -> Self {
            let count = ask!(_mm_cvtsi32_si128(bits.cast_signed()));
            Self::of_bits(ask!(_mm512_sll_epi64(self.bits(), count)))
        }
        #[inline(always)]
        fn shift_right(self, bits: u32) -> Self {
            let count = ask!(_mm_cvtsi32_si128(bits.cast_signed()));
            Self::of_bits(ask!(_mm512_srl_epi64(self.bits(), count)))
        }
        #[inline(always)]
        fn scaled(self, exponent: Self) -> Self {
            Self(ask!(_mm512_scalef_pd(self.0, exponent.0)))
        }
        #[inline(always)]
        fn rest_of_product(self, factor: Self, product: Self) -> Self {
            Self(ask!(_mm512_fmsub_pd(self.0, factor.0, product.0)))
        }
        #[inline(always)]
        fn plus_exact(self, a: Self, b: Self) -> Self {
            Self(ask!(_mm512_fmadd_pd(a.0, b.0, self.0)))
        }
        #[inline(always)]
        fn minus_exact(self, a: Self, b: Self) -> Self {
            Self(ask!(_mm512_fnmadd_pd(a.0, b.0, self.0)))
        }
    }

    impl Vector for Wide512 {
        const LANES: usize = 8;
        const DEEP: usize = 8;
        const WRITTEN_OUT: bool = true;
        type Register = [Self; 8];

        #[inline(always)]
        fn register(value: f64) -> Self::Register {
            [Self::of(value); 8]
        }

        #[inline(always)]
        fn of(value: f64) -> Self {
            Self(ask!(_mm512_set1_pd(value)))
        }
        #[inline(always)]
        fn load(from: &[f64]) -> Self {
            let from = &from[..8];
            Self(ask!(_mm512_loadu_pd(from.as_ptr())))
        }
        #[inline(always)]
        fn store(self, to: &mut [f64]) {
            let to = &mut to[..8];
            ask!(_mm512_storeu_pd(to.as_mut_ptr(), self.0));
        }
        #[inline(always)]
        fn lesser(self, other: Self) -> Self {
            Self(ask!(_mm512_min_pd(self.0, other.0)))
        }
        #[inline(always)]
        fn greater(self, other: Self) -> Self {
            Self(ask!(_mm512_max_pd(self.0, other.0)))
        }
        #[inline(always)]
        fn gather(places: &[u32], from: &[f64]) -> Self {
            let places = &places[..8];
            let [a, b, c, d, e, f, g, h] = std::array::from_fn(|number| from[places[number] as usize]);
            Self(ask!(_mm512_setr_pd(a, b, c, d, e, f, g, h)))
        }
        #[inline(always)]
        fn pick(self, from: &[f64]) -> Self {
            let places = self.bits();
            match from.len() {
                8 => Self(ask!(_mm512_permutexvar_pd(places, Self::load(from).0))),
                16 => {
                    let (low, high) = (Self::load(from).0, Self::load(&from[8..]).0);
                    Self(ask!(_mm512_permutex2var_pd(low, places, high)))
                }
                _ => {
                    let (mut places, mut picked) = ([0.0; 8], [0.0; 8]);
                    self.store(&mut places);
                    for (picked, place) in picked.iter_mut().zip(places) {
                        *picked = from[place.to_bits() as usize];
                    }
                    Self::load(&picked)
                }
            }
        }
    }

    impl Wide256 {
        #[inline(always)]
        fn bits(self) -> __m256i {
            ask!(_mm256_castpd_si256(self.0))
        }

        #[inline(always)]
        fn of_bits(bits: __m256i) -> Self {
            Self(ask!(_mm256_castsi256_pd(bits)))
        }
    }

    impl Lane for Wide256 {
        #[inline(always)]
        fn constant(self, value: f64) -> Self {
            Self::of(value)
        }
        #[inline(always)]
        fn root(self) -> Self {
            Self(ask!(_mm256_sqrt_pd(self.0)))
        }
        #[inline(always)]
        fn multiply_add(self, factor: Self, addend: Self) -> Self {
            Self(ask!(_mm256_fmadd_pd(self.0, factor.0, addend.0)))
        }
        #[inline(always)]
        fn less(self, other: Self) -> Self {
            Self(ask!(_mm256_cmp_pd::<_CMP_LT_OQ>(self.0, other.0)))
        }
        #[inline(always)]
        fn less_equal(self, other: Self) -> Self {
            Self(ask!(_mm256_cmp_pd::<_CMP_LE_OQ>(self.0, other.0)))
        }
        #[inline(always)]
        fn equal(self, other: Self) -> Self {
            Self(ask!(_mm256_cmp_pd::<_CMP_EQ_OQ>(self.0, other.0)))
        }
        #[inline(always)]
        fn select(self, yes: Self, no: Self) -> Self {
            Self(ask!(_mm256_blendv_pd(no.0, yes.0, self.0)))
        }
        #[inline(always)]
        fn and(self, other: Self) -> Self {
            Self(ask!(_mm256_and_pd(self.0, other.0)))
        }
        #[inline(always)]
        fn or(self, other: Self) -> Self {
            Self(ask!(_mm256_or_pd(self.0, other.0)))
        }
        #[inline(always)]
        fn xor(self, other: Self) -> Self {
            Self(ask!(_mm256_xor_pd(self.0, other.0)))
        }
        #[inline(always)]
        fn integer_add(self, other: Self) -> Self {
            Self::of_bits(ask!(_mm256_add_epi64(self.bits(), other.bits())))
        }
        #[inline(always)]
        fn integer_sub(self, other: Self) -> Self {
            Self::of_bits(ask!(_mm256_sub_epi64(self.bits(), other.bits())))
        }
        #[inline(always)]
        fn shift_left(self, bits: u32) -> Self {
            let count = ask!(_mm_cvtsi32_si128(bits.cast_signed()));
            Self::of_bits(ask!(_mm256_sll_epi64(self.bits(), count)))
        }
        #[inline(always)]
        fn shift_right(self, bits: u32) -> Self {
            let count = ask!(_mm_cvtsi32_si128(bits.cast_signed()));
            Self::of_bits(ask!(_mm256_srl_epi64(self.bits(), count)))
        }
        #[inline(always)]
        fn rest_of_product(self, factor: Self, product: Self) -> Self {
            Self(ask!(_mm256_fmsub_pd(self.0, factor.0, product.0)))
        }
        #[inline(always)]
        fn plus_exact(self, a: Self, b: Self) -> Self {
            Self(ask!(_mm256_fmadd_pd(a.0, b.0, self.0)))
        }
        #[inline(always)]
        fn minus_exact(self, a: Self, b: Self) -> Self {
            Self(ask!(_mm256_fnmadd_pd(a.0, b.0, self.0)))
        }
    }

    impl Vector for Wide256 {
        const LANES: usize = 4;
        const DEEP: usize = 8;
        const WRITTEN_OUT: bool = true;
        type Register = [Self; 8];

        #[inline(always)]
        fn register(value: f64) -> Self::Register {
            [Self::of(value); 8]
        }

        #[inline(always)]
        fn of(value: f64) -> Self {
            Self(ask!(_mm256_set1_pd(value)))
        }
        #[inline(always)]
        fn load(from: &[f64]) -> Self {
            let from = &from[..4];
            Self(ask!(_mm256_loadu_pd(from.as_ptr())))
        }
        #[inline(always)]
        fn store(self, to: &mut [f64]) {
            let to = &mut to[..4];
            ask!(_mm256_storeu_pd(to.as_mut_ptr(), self.0));
        }
        #[inline(always)]
        fn lesser(self, other: Self) -> Self {
            Self(ask!(_mm256_min_pd(self.0, other.0)))
        }
        #[inline(always)]
        fn greater(self, other: Self) -> Self {
            Self(ask!(_mm256_max_pd(self.0, other.0)))
        }
        #[inline(always)]
        fn gather(places: &[u32], from: &[f64]) -> Self {
            let places = &places[..4];
            let [a, b, c, d] = std::array::from_fn(|number| from[places[number] as usize]);
            Self(ask!(_mm256_setr_pd(a, b, c, d)))
        }
    }
}
