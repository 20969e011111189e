// SPDX-License-Identifier: Apache-2.0

//! Pairs of a one-hot input and a label, and a query; the same source as labelled-examples.cpp, word by word.
//!
//! Four classes alike, two contexts. With probability 1/2 one of the contexts holds the query's class, otherwise none does.

use induct::{abi, random, Creation, Dimension, Error, FillRequest, LabelledExamplesLaw, Role, Schema, Source};

const CLASSES: usize = 4;
const CONTEXTS: usize = 2;

struct OneHotClasses {
    schema: Schema,
    law: LabelledExamplesLaw,
}

impl Source for OneHotClasses {
    const NAME: &'static str = "one-hot-classes";
    const SUMMARY: &'static str = "one-hot inputs with the labels of their classes";
    const CONFIG: &'static str = r#"{"parameters": {
        "groups": {"type": "integer", "minimum": 0, "maximum": 4, "default": 4, "summary": "classes with a group"}}}"#;

    fn new(creation: &Creation) -> Result<OneHotClasses, Error> {
        let (classes, contexts) = (CLASSES as i64, CONTEXTS as i64);
        let size = Dimension::Constant;
        let mut schema = Schema::new(abi::TASK_CLASSIFICATION, classes, 0, size(1));
        schema.add_float32("inputs", Role::Input, &[Dimension::Batch, size(contexts + 1), size(classes)]);
        schema.add_int32("labels", Role::Input, &[Dimension::Batch, size(contexts)], classes);
        schema.add_int32("targets", Role::Target, &[Dimension::Batch, size(1)], classes);
        let mut group_of_class = vec![0, 0, 1, 1];
        group_of_class.truncate(creation.integer("groups")? as usize);
        let law = LabelledExamplesLaw {
            class_probability: vec![0.25; CLASSES],
            context_probability: vec![0.25; CLASSES],
            label_of_class: vec![3, 2, 1, 0],
            group_of_class,
            group_names: vec!["low".into(), "high".into()],
            contexts: CONTEXTS as u32,
            relevance: 0.5,
            relevant_contexts: 1,
            label_noise: 0.25,
            dimension: CLASSES as u64,
            ..LabelledExamplesLaw::default()
        };
        Ok(OneHotClasses { schema, law })
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn labelled_examples(&self) -> Option<&LabelledExamplesLaw> {
        Some(&self.law)
    }

    /// Words of a sample: the query's class, whether it is shown, where; then class and label noise of every item.
    fn fill(&self, request: &FillRequest) -> Result<(), Error> {
        let (inputs, labels, targets) = (request.float32(0), request.int32(1), request.int32(2));
        inputs.fill(0.0);
        for sample in 0..request.count() {
            let word = |index: usize| request.word(sample, 0, index as u64);
            let query = random::below(word(0), CLASSES as u32) as usize;
            let is_relevant = word(1) < random::threshold(0.5);
            let place = random::below(word(2), CONTEXTS as u32) as usize;
            for item in 0..=CONTEXTS {
                let other = (query + 1 + random::below(word(3 + 2 * item), CLASSES as u32 - 1) as usize) % CLASSES;
                let x = if item == CONTEXTS || is_relevant && item == place { query } else { other };
                let noise = (word(4 + 2 * item) < random::threshold(0.25)) as u32;
                let label = ((self.law.label_of_class[x] + noise) % CLASSES as u32) as i32;
                if let Some(input) = inputs.get_mut((sample * (CONTEXTS + 1) + item) * CLASSES + x) {
                    *input = 1.0;
                }
                let answers = if item < CONTEXTS { &mut *labels } else { &mut *targets };
                let index = if item < CONTEXTS { sample * CONTEXTS + item } else { sample };
                if let Some(answer) = answers.get_mut(index) {
                    *answer = label;
                }
            }
        }
        Ok(())
    }
}

induct::plugin!("org.example.one-hot-classes", "1.0.0", "labelled examples in Rust", [induct::source::<OneHotClasses>()]);
