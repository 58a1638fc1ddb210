//! Several CBC chains encrypted side by side.
//!
//! One CBC chain uses an eighth or less of a processor's AES unit, because each block needs the
//! one before it. Eight chains from different buffers have no such dependency. A lane that comes to
//! the end of its buffer takes the next buffer, so lanes stay busy whatever the lengths are.

use aes::Aes256Enc;
use aes::cipher::consts::U16;
use aes::cipher::inout::InOutBuf;
use aes::cipher::{
    Block, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser,
};

use crate::session_key::{BLOCK_BYTES, IV_BYTES};

/// Encrypts each buffer from `iv` with PKCS#7 padding; results are in the order of the input.
pub(crate) fn encrypt_many<T: AsRef<[u8]>>(
    cipher: &Aes256Enc,
    iv: [u8; IV_BYTES],
    plain: &[T],
) -> Vec<Vec<u8>> {
    let mut results: Vec<Vec<u8>> = plain
        .iter()
        .map(|text| vec![0; (text.as_ref().len() / BLOCK_BYTES + 1) * BLOCK_BYTES])
        .collect();
    let mut jobs = plain.iter().zip(results.iter_mut()).map(|(text, out)| {
        let (blocks, rest) = text.as_ref().as_chunks::<BLOCK_BYTES>();
        Lane {
            blocks,
            tail: Some(padded(rest)),
            out: out.as_chunks_mut().0,
            chain: iv,
        }
    });
    // Fewer lanes than LANES only when there are fewer buffers; idle lanes work on nothing.
    let mut lanes: [Lane<'_>; LANES] =
        std::array::from_fn(|_| jobs.next().unwrap_or_else(Lane::idle));
    loop {
        for lane in &mut lanes {
            if lane.is_done() {
                *lane = jobs.next().unwrap_or_else(Lane::idle);
            }
        }
        let busy = lanes.iter().filter(|lane| !lane.is_done());
        let Some(steps) = busy.map(|lane| lane.blocks.len()).min() else {
            break;
        };
        advance(cipher, &mut lanes, steps);
    }
    results
}

/// How many chains advance together: the width of the AES-NI and ARMv8 backends of `aes`.
const LANES: usize = 8;

type Bytes16 = [u8; BLOCK_BYTES];

/// One chain: what is still to be encrypted, and where it goes.
struct Lane<'a> {
    blocks: &'a [Bytes16],
    tail: Option<Bytes16>,
    out: &'a mut [Bytes16],
    chain: Bytes16,
}

impl Lane<'_> {
    fn idle() -> Self {
        Self {
            blocks: &[],
            tail: None,
            out: &mut [],
            chain: [0; BLOCK_BYTES],
        }
    }

    fn is_done(&self) -> bool {
        self.out.is_empty()
    }
}

/// Moves every lane on by `steps` whole blocks, and finishes the lanes that have none left.
fn advance(cipher: &Aes256Enc, lanes: &mut [Lane<'_>; LANES], steps: usize) {
    cipher.encrypt_with_backend(Step { lanes, steps });
    let ending: Vec<usize> = lanes
        .iter()
        .enumerate()
        .filter(|(_, lane)| !lane.is_done() && lane.blocks.is_empty())
        .map(|(index, _)| index)
        .collect();
    for index in ending {
        let lane = &mut lanes[index];
        if let Some(tail) = lane.tail.take() {
            let mut block = Block::<Aes256Enc>::from(xor(&tail, &lane.chain));
            cipher.encrypt_block(&mut block);
            if let Some(out) = lane.out.first_mut() {
                *out = block.into();
            }
        }
        *lane = Lane::idle();
    }
}

/// The inner loop, run inside the backend so that it compiles with the backend's instructions.
struct Step<'l, 'a> {
    lanes: &'l mut [Lane<'a>; LANES],
    steps: usize,
}

impl BlockSizeUser for Step<'_, '_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Step<'_, '_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let Self { lanes, steps } = self;
        let mut state: [Block<B>; LANES] = std::array::from_fn(|i| lanes[i].chain.into());
        let empty: &[Bytes16] = &[];
        // An idle lane has no blocks: it keeps encrypting its own state, which nobody reads.
        let sources: [&[Bytes16]; LANES] =
            std::array::from_fn(|i| lanes[i].blocks.get(..steps).unwrap_or(empty));
        for step in 0..steps {
            for (block, source) in state.iter_mut().zip(&sources) {
                if let Some(text) = source.get(step) {
                    *block = xor(text, &(*block).into()).into();
                }
            }
            let (wide, rest) = InOutBuf::from(&mut state[..]).into_chunks::<B::ParBlocksSize>();
            for chunk in wide {
                backend.encrypt_par_blocks(chunk);
            }
            for block in rest {
                backend.encrypt_block(block);
            }
            for (lane, block) in lanes.iter_mut().zip(&state) {
                if let Some(out) = lane.out.get_mut(step) {
                    *out = (*block).into();
                }
            }
        }
        for (lane, block) in lanes.iter_mut().zip(state) {
            if !lane.is_done() {
                lane.chain = block.into();
                lane.blocks = lane.blocks.get(steps..).unwrap_or(empty);
                lane.out = std::mem::take(&mut lane.out)
                    .get_mut(steps..)
                    .unwrap_or_default();
            }
        }
    }
}

#[inline(always)]
fn xor(left: &Bytes16, right: &Bytes16) -> Bytes16 {
    (u128::from_ne_bytes(*left) ^ u128::from_ne_bytes(*right)).to_ne_bytes()
}

/// The last block: what is left of the text and the padding.
fn padded(rest: &[u8]) -> Bytes16 {
    let missing = BLOCK_BYTES - rest.len();
    let mut block = [u8::try_from(missing).unwrap_or(0); BLOCK_BYTES];
    for (to, from) in block.iter_mut().zip(rest) {
        *to = *from;
    }
    block
}
