//! From a parsed pattern to an automaton over classes of characters.

use std::collections::HashMap;

use regex_syntax::hir::ClassUnicode;

use super::error::{PatternError, PatternErrorKind};
use super::syntax::Node;

/// A compiled pattern: classes of characters, and transitions over them.
#[derive(Debug, Clone)]
pub(super) struct Automaton {
    alphabet: Alphabet,
    machine: Machine,
}

#[derive(Debug, Clone)]
enum Machine {
    Deterministic(Table),
    Nondeterministic(Graph),
}

impl Automaton {
    pub(super) fn build(tree: &Node) -> Result<Self, PatternError> {
        let graph = Graph::build(tree)?;
        let alphabet = Alphabet::build(&graph.sets)?;
        let machine = match Table::build(&graph, &alphabet) {
            Some(table) => Machine::Deterministic(table),
            None => Machine::Nondeterministic(graph),
        };
        Ok(Self { alphabet, machine })
    }

    pub(super) fn is_match(&self, value: &str) -> bool {
        match &self.machine {
            Machine::Deterministic(table) => table.is_match(&self.alphabet, value),
            Machine::Nondeterministic(graph) => graph.is_match(&self.alphabet, value),
        }
    }

    #[cfg(test)]
    pub(super) fn is_deterministic(&self) -> bool {
        matches!(self.machine, Machine::Deterministic(_))
    }

    #[cfg(test)]
    pub(super) fn make_nondeterministic(tree: &Node) -> Result<Self, PatternError> {
        let graph = Graph::build(tree)?;
        let alphabet = Alphabet::build(&graph.sets)?;
        Ok(Self {
            alphabet,
            machine: Machine::Nondeterministic(graph),
        })
    }
}

/// A nondeterministic automaton.
#[derive(Debug, Clone, Default)]
struct Graph {
    states: Vec<State>,
    start: usize,
    /// The distinct classes of the pattern.
    sets: Vec<ClassUnicode>,
    steps: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Takes a character of a set.
    Take { set: usize, next: usize },
    /// Goes to both without a character.
    Split(usize, usize),
    /// The end of the pattern.
    Accept,
}

impl Graph {
    fn build(tree: &Node) -> Result<Self, PatternError> {
        let mut graph = Self::default();
        let end = graph.push(State::Accept)?;
        graph.start = graph.emit(tree, end)?;
        Ok(graph)
    }

    /// Makes the states of `node` in front of `next`; answers the first.
    fn emit(&mut self, node: &Node, next: usize) -> Result<usize, PatternError> {
        // Repetitions of nothing make no states, but they take time.
        self.steps += 1;
        if self.steps > STATES_MAX {
            return Err(too_large());
        }
        match node {
            Node::Class(class) => {
                let set = self.set(class);
                self.push(State::Take { set, next })
            }
            Node::Concatenation(nodes) => nodes
                .iter()
                .rev()
                .try_fold(next, |next, node| self.emit(node, next)),
            Node::Alternation(nodes) => {
                let mut start = None;
                for node in nodes.iter().rev() {
                    let branch = self.emit(node, next)?;
                    start = Some(match start {
                        None => branch,
                        Some(rest) => self.push(State::Split(branch, rest))?,
                    });
                }
                Ok(start.unwrap_or(next))
            }
            Node::Repeat { node, min, max } => {
                let mut start = match max {
                    None => {
                        let split = self.push(State::Split(next, next))?;
                        let body = self.emit(node, split)?;
                        if let Some(state) = self.states.get_mut(split) {
                            *state = State::Split(body, next);
                        }
                        split
                    }
                    Some(max) => {
                        let mut start = next;
                        for _ in *min..*max {
                            let body = self.emit(node, start)?;
                            start = self.push(State::Split(body, next))?;
                        }
                        start
                    }
                };
                for _ in 0..*min {
                    start = self.emit(node, start)?;
                }
                Ok(start)
            }
        }
    }

    fn set(&mut self, class: &ClassUnicode) -> usize {
        match self.sets.iter().position(|known| known == class) {
            Some(index) => index,
            None => {
                self.sets.push(class.clone());
                self.sets.len() - 1
            }
        }
    }

    fn push(&mut self, state: State) -> Result<usize, PatternError> {
        if self.states.len() >= STATES_MAX {
            return Err(too_large());
        }
        self.states.push(state);
        Ok(self.states.len() - 1)
    }

    /// Adds the states that `from` reaches without a character.
    fn close(&self, from: usize, marks: &mut Marks, found: &mut Vec<usize>) {
        let mut open = vec![from];
        while let Some(index) = open.pop() {
            if !marks.set(index) {
                continue;
            }
            match self.states.get(index) {
                Some(State::Split(left, right)) => open.extend([*right, *left]),
                Some(_) => found.push(index),
                None => {}
            }
        }
    }

    fn accepts(&self, states: &[usize]) -> bool {
        states
            .iter()
            .any(|index| self.states.get(*index) == Some(&State::Accept))
    }

    /// The states after a character of this class.
    fn step(
        &self,
        alphabet: &Alphabet,
        from: &[usize],
        class: usize,
        marks: &mut Marks,
        found: &mut Vec<usize>,
    ) {
        marks.clear();
        found.clear();
        for index in from {
            if let Some(State::Take { set, next }) = self.states.get(*index)
                && alphabet.has(class, *set)
            {
                self.close(*next, marks, found);
            }
        }
    }

    fn is_match(&self, alphabet: &Alphabet, value: &str) -> bool {
        let mut marks = Marks::new(self.states.len());
        let mut current = Vec::new();
        let mut following = Vec::new();
        self.close(self.start, &mut marks, &mut current);
        for character in value.chars() {
            let class = alphabet.class(character);
            self.step(alphabet, &current, class, &mut marks, &mut following);
            std::mem::swap(&mut current, &mut following);
            if current.is_empty() {
                return false;
            }
        }
        self.accepts(&current)
    }
}

/// Which states were seen in a step.
struct Marks {
    seen: Vec<u32>,
    round: u32,
}

impl Marks {
    fn new(len: usize) -> Self {
        Self {
            seen: vec![0; len],
            round: 1,
        }
    }

    fn clear(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
    }

    /// Marks a state; was it new?
    fn set(&mut self, index: usize) -> bool {
        match self.seen.get_mut(index) {
            Some(mark) if *mark != self.round => {
                *mark = self.round;
                true
            }
            _ => false,
        }
    }
}

/// The classes of characters that the pattern tells apart.
#[derive(Debug, Clone)]
struct Alphabet {
    ascii: [u16; 128],
    /// Where a run of characters of one class begins, ascending.
    runs: Vec<(u32, u16)>,
    /// For each class, in which sets its characters are.
    sets: Vec<Box<[u64]>>,
}

impl Alphabet {
    fn build(sets: &[ClassUnicode]) -> Result<Self, PatternError> {
        let mut edges: Vec<(u32, usize)> = Vec::new();
        for (index, set) in sets.iter().enumerate() {
            for range in set.ranges() {
                edges.push((u32::from(range.start()), index));
                edges.push((u32::from(range.end()) + 1, index));
            }
        }
        edges.sort_unstable();
        let words = sets.len().div_ceil(64);
        let mut within = vec![0_u64; words].into_boxed_slice();
        let mut known: HashMap<Box<[u64]>, u16> = HashMap::from([(within.clone(), 0)]);
        let mut alphabet = Self {
            ascii: [0; 128],
            runs: vec![(0, 0)],
            sets: vec![within.clone()],
        };
        let mut edges = edges.into_iter().peekable();
        while let Some((at, set)) = edges.next() {
            // Each range of a set opens and closes it in turn; they never overlap within one set.
            if let Some(word) = within.get_mut(set / 64) {
                *word ^= 1 << (set % 64);
            }
            if edges.peek().is_some_and(|(next, _)| *next == at) {
                continue;
            }
            let class = match known.get(&within) {
                Some(class) => *class,
                None => {
                    let class = u16::try_from(alphabet.sets.len()).map_err(|_| too_large())?;
                    known.insert(within.clone(), class);
                    alphabet.sets.push(within.clone());
                    class
                }
            };
            alphabet.runs.push((at, class));
        }
        for code in 0..128_u8 {
            let class = alphabet.search(u32::from(code));
            if let Some(slot) = alphabet.ascii.get_mut(usize::from(code)) {
                *slot = class;
            }
        }
        Ok(alphabet)
    }

    fn class(&self, character: char) -> usize {
        let code = u32::from(character);
        let class = match self.ascii.get(code as usize) {
            Some(class) => *class,
            None => self.search(code),
        };
        usize::from(class)
    }

    fn search(&self, code: u32) -> u16 {
        let behind = self.runs.partition_point(|(start, _)| *start <= code);
        self.runs
            .get(behind.saturating_sub(1))
            .map_or(0, |(_, class)| *class)
    }

    fn has(&self, class: usize, set: usize) -> bool {
        self.sets
            .get(class)
            .and_then(|sets| sets.get(set / 64))
            .is_some_and(|word| word >> (set % 64) & 1 == 1)
    }
}

/// A deterministic automaton: `transitions[state + class]`, states multiplied by the number of
/// classes. State 0 is the dead end, the start comes next.
#[derive(Debug, Clone)]
struct Table {
    transitions: Vec<u32>,
    accepting: Vec<bool>,
    classes: usize,
}

impl Table {
    /// `None` when it would be too large or take too long.
    fn build(graph: &Graph, alphabet: &Alphabet) -> Option<Self> {
        let classes = alphabet.sets.len();
        let mut marks = Marks::new(graph.states.len());
        let mut start = Vec::new();
        graph.close(graph.start, &mut marks, &mut start);
        start.sort_unstable();
        let mut numbers: HashMap<Vec<usize>, u32> = HashMap::from([(Vec::new(), 0)]);
        numbers.insert(start.clone(), 1);
        let mut open = vec![start];
        let mut table = Self {
            transitions: vec![0; classes],
            accepting: vec![false],
            classes,
        };
        let mut work = 0;
        let mut done = 0;
        let mut found = Vec::new();
        while let Some(current) = open.get(done).cloned() {
            done += 1;
            table.accepting.push(graph.accepts(&current));
            for class in 0..classes {
                graph.step(alphabet, &current, class, &mut marks, &mut found);
                work += current.len() + found.len() + 1;
                found.sort_unstable();
                let number = match numbers.get(&found) {
                    Some(number) => *number,
                    None => {
                        let number = u32::try_from(numbers.len()).ok()?;
                        numbers.insert(found.clone(), number);
                        open.push(found.clone());
                        number
                    }
                };
                let stride = u32::try_from(classes).ok()?;
                table.transitions.push(number.checked_mul(stride)?);
            }
            if work > WORK_MAX || numbers.len() * classes > TRANSITIONS_MAX {
                return None;
            }
        }
        Some(table)
    }

    fn is_match(&self, alphabet: &Alphabet, value: &str) -> bool {
        let mut state = self.classes;
        if value.is_ascii() {
            for byte in value.bytes() {
                let class = alphabet.ascii.get(usize::from(byte)).copied();
                state = self.next(state, usize::from(class.unwrap_or(0)));
                if state == 0 {
                    return false;
                }
            }
        } else {
            for character in value.chars() {
                state = self.next(state, alphabet.class(character));
                if state == 0 {
                    return false;
                }
            }
        }
        self.accepting
            .get(state / self.classes)
            .copied()
            .unwrap_or(false)
    }

    fn next(&self, state: usize, class: usize) -> usize {
        self.transitions
            .get(state + class)
            .map_or(0, |next| *next as usize)
    }
}

const fn too_large() -> PatternError {
    PatternError::new(0, PatternErrorKind::TooLarge)
}

/// How many states a nondeterministic automaton may have, and steps to make it.
const STATES_MAX: usize = 20_000;

/// How many transitions a deterministic automaton may have.
const TRANSITIONS_MAX: usize = 200_000;

/// How many states of sets may be looked at to make a deterministic automaton.
const WORK_MAX: usize = 5_000_000;
