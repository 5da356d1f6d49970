"""The pictures of the demo script, drawn by code: what scripts/demo-pictures imports.

Everything is drawn from fixed seeds: no photograph, no model, no font. The pictures are sheets of
cut paper, stacked from far to near. A sheet is a mask (drawn three times too large and reduced), a
colour under the scene's light, a shadow on what lies behind it, and a bright edge on the side the
light comes from. Colours are mixed in linear light, gradients in Oklab; the last step adds bloom,
grain and a soft shoulder so that lamps do not clip.

The five pictures tell one morning, from the hour before dawn to full day, and the night bus is in
each of them.

    how it is drawn         fields.py, light.py, shapes.py, paper.py: each uses only those before it
    what is drawn twice     outdoors.py; room.py and desk.py for the room of 01 and 05
    the pictures            opening.py, the_habit.py, eight_minutes.py, what_stays.py, your_turn.py
    the icon                icon.py
"""
