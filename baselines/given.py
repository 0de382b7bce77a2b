"""Given names that are nearly always a woman's or a man's in English news, for pronouns: a closed list by hand.

A name that both bear (Taylor, Robin, Jean, Andrea) is in neither list. What this cannot do: know the pronoun of the
person who bears the name.
"""

from __future__ import annotations

from typing import Final

from onrecord.baselines.lexicon import word_set

FEMININE: Final = word_set(
    "Abigail Aisha Alexandra Alice Alison Allison Amanda Amy Angela Anita Anna Anne Annie Barbara Beatrice Betsy"
    " Betty Beverly Brenda Brittany Candice Carla Carmen Carol Caroline Carolyn Catherine Cathy Charlotte Chelsea"
    " Cheryl Christina Christine Cindy Claire Claudia Condoleezza Cynthia Dawn Deborah Debbie Debra Denise Diana"
    " Diane Donna Dorothy Edith Eileen Elaine Eleanor Elena Elise Elizabeth Ellen Emily Emma Erica Erin Esther Eva"
    " Evelyn Fatima Fiona Florence Frances Gabriela Gina Gloria Grace Hannah Harriet Heather Heidi Helen Hillary"
    " Holly Huma Irene Isabel Ivanka Jackie Jane Janet Janice Jeanne Jennifer Jenny Jessica Jill Joan Joanna Joanne"
    " Josephine Joyce Judith Judy Julia Julie Kamala Karen Karine Kate Katherine Kathleen Kathryn Kathy Katie"
    " Kayleigh Kellyanne Kimberly Kirsten Kristen Kristin Laura Lauren Leah Leila Linda Lisa Loretta Lori Louise"
    " Lucy Lydia Madeleine Margaret Maria Marie Marina Marjorie Martha Mary Maureen Megan Melania Melinda Melissa"
    " Meredith Michelle Mila Molly Monica Nadia Nancy Natalia Natalie Natasha Nicole Nina Nora Olga Olivia Pamela"
    " Patricia Paula Penelope Phyllis Priya Rachel Rebecca Regina Renee Rhonda Rita Rosa Rose Ruth Sally Samantha"
    " Sandra Sarah Sara Sharon Sheila Shirley Sofia Sonia Sophia Sophie Stephanie Susan Susannah Suzanne Svetlana"
    " Sylvia Tamara Tanya Teresa Theresa Tina Tulsi Ursula Valerie Vanessa Vera Veronica Victoria Virginia Wendy"
    " Yolanda Yulia Yvonne Zoe"
)
MASCULINE: Final = word_set(
    "Aaron Abdul Abdullah Adam Ahmed Alan Albert Alberto Alexander Alexei Alfred Ali Allen Andrew Andrei Angus"
    " Anthony Antonio Antony Arthur Barack Barry Benjamin Bernard Bernie Bill Bob Boris Brad Bradley Brendan Brent"
    " Brett Brian Bruce Bryan Carl Carlos Charles Charlie Christopher Chuck Clarence Clinton Colin Craig Curtis Dan"
    " Daniel Darren Dave David Dean Dennis Derek Diego Dmitry Don Donald Douglas Duncan Dwight Ed Eddie Edward"
    " Elliott Emmanuel Eric Ernest Ethan Eugene Evan Felipe Felix Fernando Francisco Francois Frank Fred Frederick"
    " Gary Gavin Geoff Geoffrey George Gerald Gilbert Giovanni Glenn Gordon Graham Greg Gregory Harold Harry Hassan"
    " Henry Herbert Herman Howard Hugh Hugo Ian Igor Imran Isaac Ivan Jack Jacob Jake James Jared Jason Javier Jeff"
    " Jeffrey Jeremy Jerome Jerry Jim Jimmy Joe Joel John Jonathan Jorge Jose Joseph Joshua Juan Julian Justin Karl"
    " Keith Kenneth Ken Kevin Kurt Larry Laurence Lawrence Leo Leonard Louis Luis Luke Mahmoud Malcolm Manuel Marco"
    " Marcus Mario Mark Martin Matt Matthew Maurice Max Michael Miguel Mike Mikhail Mitch Mitt Mohammad Mohammed"
    " Muhammad Narendra Nathan Neil Nicholas Nigel Nikolai Norman Oleg Oliver Omar Oscar Owen Pablo Patrick Paul"
    " Pedro Pete Peter Philip Phil Pierre Rahul Ralph Ray Raymond Reince Ricardo Richard Rick Rob Robby Robert"
    " Roberto Roger Ron Ronald Roy Rudolph Rudy Russell Samuel Scott Sean Sebastian Sergei Sergey Seth Simon Stanley"
    " Stephen Steve Steven Stuart Ted Terrence Theodore Thomas Tim Timothy Todd Tom Tony Trevor Tyler Vaclav Victor"
    " Viktor Vincent Vladimir Volodymyr Walter Warren Wayne Wesley William Xavier Yevgeny Yusuf Zachary"
)
